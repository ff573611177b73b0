using System.CommandLine;
using ReleaseIntegrity.AllInOne.Hosting;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Examining;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>doctor</c>: says what is wrong with a data folder and a policy, beside a process that serves or without one.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string> Data = new("--data", "-d")
    {
        Description = "The folder of everything that is kept.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "data",
    };

    private static readonly Option<string?> PolicyFile = new("--policy", "-p")
    {
        Description = "The policy file. Default: the shipped policy.",
        HelpName = "FILE",
    };

    /// <summary>What the generated help can't say.</summary>
    public const string Notes = """
        Checks the policy, the stores of all services, the audit log, the keys and the disk, and says what to do. It changes
        nothing.

        Exit codes:
          0  nothing is wrong     1  something is in the way     3  something should be looked at

        Example:
          doctor --data /var/lib/release-integrity --policy our-policy.yaml
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("doctor", "Check the policy, the stores and the disk, and say what to do.") { Data, PolicyFile };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        string folder = parsed.GetValue(Data)!;
        IReadOnlyList<Finding> findings = await Examination.RunAsync(
        [
            new PolicyExamination(new ReconcilerOptions { PolicyFile = parsed.GetValue(PolicyFile) }),
            new DiskExamination(Store(folder, ReconcilerServices.Key)),
            .. WireNames.All<Source>().Select(source => Examine(folder, source, CollectorServices.Migrations)),
            Examine(folder, ReconcilerServices.Key, ReconcilerServices.Migrations),
            Examine(folder, HandoffHosting.Key, HandoffHosting.Migrations),
            new AuditExamination(Store(folder, HandoffHosting.Key)),
            .. DataFolder.SecretFiles.Select(file => new KeyFileExamination(file, Path.Combine(folder, file), "")),
        ]);
        FindingTable.Write(parsed.InvocationConfiguration.Output, findings);
        return FindingTable.ExitCodeOf(findings);
    }

    private static StoreExamination Examine(string folder, string service, MigrationSet migrations) =>
        new($"store {service}", Store(folder, service), [migrations], TimeProvider.System);

    private static StoreOptions Store(string folder, string service)
    {
        var store = StoreOptions.Of(service);
        store.DataFolder = folder;
        return store;
    }
}
