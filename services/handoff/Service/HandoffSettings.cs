using Microsoft.Extensions.Options;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Handoff;

/// <summary>Settings of the handoff as a service of its own; section <c>Handoff</c>.</summary>
public sealed class HandoffSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Handoff";

    /// <summary>Where gRPC listens: HTTP/2 without TLS. Its JSON form listens at <c>urls</c>.</summary>
    public string GrpcUrl { get; set; } = "http://127.0.0.1:7420";

    /// <summary>The file of the token key.</summary>
    public string? TokenKeyFile { get; set; }

    /// <summary>
    /// Lets it listen beyond loopback although it asks for no credential: whoever reaches it reads every ledger, masked.
    /// For a network that a proxy or a firewall guards.
    /// </summary>
    public bool AllowUnauthenticated { get; set; }

    /// <summary>The file of the key that signs exported packages, ECDSA P-256 in PEM; without it none is exported.</summary>
    public string? ExportKeyFile { get; set; }

    /// <summary>The key that signs exported packages, or null for none.</summary>
    /// <exception cref="OptionsValidationException">It can't be read; with the fix.</exception>
    public ExportKey? ReadExportKey()
    {
        try
        {
            return string.IsNullOrWhiteSpace(ExportKeyFile) ? null : ExportKey.Read(ExportKeyFile);
        }
        catch (ExportKeyException bad)
        {
            throw Refusal($"{Section}:ExportKeyFile: {bad.Message}");
        }
    }

    /// <summary>The key of all tokens.</summary>
    /// <exception cref="OptionsValidationException">It is not configured, or can't be read; with the fix.</exception>
    public TokenKey ReadTokenKey()
    {
        if (string.IsNullOrWhiteSpace(TokenKeyFile))
        {
            throw Refusal($"{Section}:TokenKeyFile is missing; make a key with: openssl rand -hex 32 > token.key, and write: \"{Section}\": {{ \"TokenKeyFile\": \"token.key\" }}");
        }

        try
        {
            return TokenKey.Read(TokenKeyFile);
        }
        catch (TokenKeyException bad)
        {
            throw Refusal($"{Section}:TokenKeyFile: {bad.Message}");
        }
    }

    /// <summary>Refuses to be reached from other machines, unless that was said to be meant.</summary>
    /// <param name="addresses">Everything that it is to listen on.</param>
    /// <exception cref="ListenException">One of them is open to others.</exception>
    public void RequireGuarded(params IEnumerable<ListenAddress> addresses)
    {
        if (!AllowUnauthenticated && addresses.FirstOrDefault(a => !a.IsLoopback) is { } open)
        {
            throw new ListenException(
                $"""
                the handoff listens on {open.Url}, and asks for no credential yet: whoever reaches it reads every ledger.
                Listen locally:                                   --urls http://127.0.0.1:7421 --{Section}:GrpcUrl http://127.0.0.1:7420
                or, where a proxy or a firewall guards the port:  --{Section}:AllowUnauthenticated true
                """);
        }
    }

    private static OptionsValidationException Refusal(string reason) => new(Section, typeof(HandoffSettings), [reason]);
}
