using System.CommandLine;
using ReleaseIntegrity.AllInOne.Hosting;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Handoff.Access;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>token</c>: mints a token for the handoff.</summary>
internal static class TokenCommand
{
    private const int MostHours = 366 * 24;

    private static readonly Option<string> Data = new("--data", "-d")
    {
        Description = "The data folder whose key signs; made where it is missing.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "data",
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "A signing key file instead, as a handoff of its own has it (Handoff:SigningKeyFile).",
        HelpName = "FILE",
    };

    private static readonly Option<string> Subject = new("--subject") { Description = "Who it is for; the audit log names it.", HelpName = "NAME", Required = true };

    private static readonly Option<string[]> Roles = new("--role") { Description = "viewer, steward, discloser or admin; several times for several.", HelpName = "ROLE", Required = true };

    private static readonly Option<string[]> Repositories = new("--repositories")
    {
        Description = "A pattern of registry and path, as in a policy's scope; several times for several. Default: all.",
        HelpName = "PATTERN",
    };

    private static readonly Option<int> Hours = new("--hours") { Description = "How long it is good.", HelpName = "N", DefaultValueFactory = _ => 8 };

    /// <summary>What the generated help can't say.</summary>
    public const string Notes = """
        Prints the token alone, so that it can go into a variable. No service needs to run.

        Exit codes:
          0  printed     2  bad usage

        Examples:
          token --role viewer --subject maya
          token --role steward --subject maya --repositories 'registry.example.com/team/*' --hours 8
          curl -H "authorization: Bearer $(token --role viewer --subject maya)" http://127.0.0.1:7421/v1/ledgers
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Roles.AcceptOnlyFromAmong([.. CallerClaims.ByName.Keys]);
        var command = new Command("token", "Mint a token for the handoff, signed by the key of a data folder.")
        {
            Subject, Roles, Repositories, Hours, Data, Key,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        try
        {
            int hours = parsed.GetValue(Hours);
            if (hours is < 1 or > MostHours)
            {
                throw new UsageException($"--hours must be from 1 to {MostHours}");
            }

            string[] patterns = parsed.GetValue(Repositories) ?? [];
            SigningKey key = parsed.GetValue(Key) is { } file ? SigningKey.Read(file) : DataFolder.Open(parsed.GetValue(Data)!).SigningKey();
            parsed.InvocationConfiguration.Output.WriteLine(key.Mint(
                parsed.GetValue(Subject)!,
                parsed.GetValue(Roles)!.Distinct().Select(r => CallerClaims.ByName[r]),
                patterns.Length == 0 ? null : patterns,
                DateTimeOffset.UtcNow.AddHours(hours)));
            return ExitCodes.Done;
        }
        catch (Exception bad) when (bad is UsageException or SigningKeyException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(bad.Message);
            return ExitCodes.BadUsage;
        }
    }
}
