using System.CommandLine;
using System.Text;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>login</c>: keeps a server's address and a token for it. A token is never an argument: others can read those.</summary>
internal static class LoginCommand
{
    private static readonly Option<string?> DataFolder = new("--data-folder") { Description = "The data folder of an embedded server on this machine, whose own token is taken.", HelpName = "DIR" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("login", "Keep a server's address and a token for it, readable by you alone.") { DataFolder },
        """
        The token comes from --token-file, from --data-folder (its handoff.token), from the terminal without being shown, or from
        a pipe. It is tried before it is kept, in steward.json of your configuration folder (on Linux
        $XDG_CONFIG_HOME/release-integrity, else ~/.config/release-integrity), with mode 0600. It is sent to that server only.

        Examples:
          steward login --data-folder ./data
          steward login --server https://handoff.example.com --token-file token
          pass show handoff | steward login --server https://handoff.example.com
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        string? tokenFile = session.Get(GlobalOptions.TokenFile);
        string? folder = session.Get(DataFolder);
        if (tokenFile is not null && folder is not null)
        {
            throw new UsageException("--token-file and --data-folder exclude each other");
        }

        Uri server = Credential.ParseServer(session.Get(GlobalOptions.Server) ?? session.Around.Variable("STEWARD_SERVER") ?? Credential.DefaultServer);
        string token = folder is not null ? Credential.ReadToken(Path.Combine(folder, "handoff.token"))
            : tokenFile is not null ? Credential.ReadToken(tokenFile)
            : Credential.ParseToken(await AskAsync(session));
        Credential credential = new Credential(server, token).Checked();
        await TryAsync(session, credential);
        new Login(server.ToString(), token).Write(session.Around.ConfigFolder);
        session.Screen.Line($"logged in at {server}; kept in {Login.PathIn(session.Around.ConfigFolder)}");
        return ExitCodes.Done;
    }

    /// <summary>Any answer but that the credential is none will do: a token may have roles that read no lists.</summary>
    private static async Task TryAsync(Session session, Credential credential)
    {
        using Connection connection = Connection.Open(
            credential, TimeSpan.FromSeconds(session.Get(GlobalOptions.TimeoutSeconds)), session.CancellationToken);
        try
        {
            await connection.Handoff.ListLedgersAsync(new ListLedgersRequest { PageSize = 1 }, connection.Call);
        }
        catch (RpcException denied) when (denied.StatusCode == StatusCode.PermissionDenied)
        {
            await session.Error.WriteLineAsync("the server knows the token, which has no role that reads ledgers");
        }
    }

    private static async Task<string?> AskAsync(Session session)
    {
        if (!session.Around.IsInputTerminal)
        {
            return await session.Around.Input.ReadLineAsync(session.CancellationToken);
        }

        await session.Error.WriteAsync("token (not shown): ");
        await session.Error.FlushAsync();
        var token = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                token.Length = Math.Max(0, token.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                token.Append(key.KeyChar);
            }
        }

        await session.Error.WriteLineAsync();
        return token.ToString();
    }
}
