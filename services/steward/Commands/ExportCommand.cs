using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>packages export</c>: a package as a signed envelope.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Package = Inputs.Package();
    private static readonly Option<string?> Out = new("--out", "-o") { Description = "The file to write. Default: standard output.", HelpName = "FILE" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("export", "Write a package as a DSSE envelope that can be verified offline.") { Package, Out },
        """
        Role: any. The envelope holds the masked package, signed by the service; the export is in the audit log. The public
        key is not taken from the same answer by those who verify: get it from whoever runs the service.

        Examples:
          steward packages export 3f9a --out package.dsse.json
          steward packages verify package.dsse.json --key handoff.pem
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        var request = new ExportCorrectionPackageRequest { Name = await session.Names.PackageAsync(session.Get(Package)) };
        ExportedPackage exported = await session.Connection.Handoff.ExportCorrectionPackageAsync(request, session.Connection.Call);
        if (session.Get(Out) is not { } file)
        {
            if (session.Json)
            {
                session.Screen.WriteJson(exported);
            }
            else
            {
                session.Screen.Raw(exported.EnvelopeJson);
            }

            return ExitCodes.Done;
        }

        await File.WriteAllTextAsync(file, exported.EnvelopeJson, session.CancellationToken);
        return session.Show(exported, e => session.Screen.Line($"written: {file}, signed by key {e.KeyId}"));
    }
}
