using ReleaseIntegrity.Steward.CommandLine;

namespace ReleaseIntegrity.Steward.Connecting;

/// <summary>Which server to ask, and as whom.</summary>
/// <param name="Server">Its address.</param>
/// <param name="Token">The bearer token; null for none. Never printed.</param>
internal sealed record Credential(Uri Server, string? Token)
{
    /// <summary>Where the embedded mode serves.</summary>
    public const string DefaultServer = "http://127.0.0.1:7420";

    /// <summary>From options, else environment, else <c>login</c>, else the embedded mode's address without a token.</summary>
    /// <exception cref="UsageException">An address that is none, a token file that can't be read, or a token that would go out readable.</exception>
    public static Credential Find(Surroundings around, string? serverOption, string? tokenFileOption)
    {
        Login? login = Login.Read(around.ConfigFolder);
        Uri server = ParseServer(serverOption ?? around.Variable("STEWARD_SERVER") ?? login?.Server ?? DefaultServer);
        string? file = tokenFileOption ?? around.Variable("STEWARD_TOKEN_FILE");

        // A token is for the server that it was made for, and for no other.
        string? token = file is not null ? ReadToken(file)
            : login is not null && ParseServer(login.Server) == server ? login.Token : null;
        return new Credential(server, token).Checked();
    }

    /// <summary>An address.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? server) && server.Scheme is "http" or "https" && server.UserInfo.Length == 0
            ? server
            : throw new UsageException("the server is no address of http or https without a user; write it as https://handoff.example.com");

    /// <summary>The token that a file holds.</summary>
    /// <exception cref="UsageException">It can't be read, or holds something else.</exception>
    public static string ReadToken(string file)
    {
        try
        {
            return ParseToken(File.ReadAllText(file));
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the token file {file} can't be read: {bad.Message}");
        }
    }

    /// <summary>A token without the line end that editors put behind it.</summary>
    /// <exception cref="UsageException">It is empty, or can't stand in a header.</exception>
    public static string ParseToken(string? text)
    {
        string token = (text ?? "").Trim();
        return token.Length is > 0 and <= 16_384 && token.All(c => c is > ' ' and < '\x7f')
            ? token
            : throw new UsageException("that is no token: one line of printable characters is wanted, as the server gave it");
    }

    /// <summary>This one, unless its token would travel readable.</summary>
    /// <exception cref="UsageException">Plain http to another machine.</exception>
    public Credential Checked() => Token is null || Server.Scheme == "https" || Server.IsLoopback
        ? this
        : throw new UsageException("a token doesn't travel over plain http to another machine; use https:// in --server");
}
