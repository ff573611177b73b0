using System.Security.Cryptography;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>The scenario, with every service a process of its own: from four notifications to a package over gRPC.</summary>
[Collection(SharedBroker.Name)]
public sealed class When_the_four_records_disagree(BrokerFixture broker)
{
    private static readonly IReadOnlyList<Sent> Records =
    [
        Record("artifact-registry", "distribution", "1-registry-promotes-A.distribution.json"),
        Record("signature-ledger", "sigstore-bundle", "2-ledger-signs-B.sigstore-bundle.json"),
        Record("change-snapshot", "servicenow", "3-change-approves-B.servicenow.json"),
        Record("runtime-validation", "cloudevents", "4-runtime-runs-B.cloudevents.json"),
    ];

    [Fact]
    public async Task The_steward_reads_the_package_over_grpc_and_its_successor_after_the_late_promotion()
    {
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync();
        Senders four = deployment.Senders(Records);
        await four.RunAsync(TestContext.Current.CancellationToken);

        CorrectionPackage package = await PackageAsync(deployment, p => p.ExceptionCount == 14);

        Assert.Empty(package.ProposedWrites);
        Ledger ledger = await deployment.Handoff.GetLedgerAsync(new GetLedgerRequest { Name = $"tuples/{package.Tuple.Id}/ledger" });
        Assert.True(ledger.OnHold);
        LedgerField digest = ledger.Fields.Single(f => f.Field == "manifest-digest");
        Assert.Equal("held", digest.State);
        Assert.Equal(
            Records.Select(r => Convert.ToHexStringLower(SHA256.HashData(r.Body))).Order(),
            digest.Candidates.Select(c => c.Lineage.NotificationSha256).Order());
        await deployment.SameAsOfflineAsync(deployment.Handoff, Records, four.Accepted);

        Sent promotion = Record("artifact-registry", "distribution", "5-registry-promotes-B.distribution.json");
        Senders fifth = deployment.Senders([promotion]);
        await fifth.RunAsync(TestContext.Current.CancellationToken);
        CorrectionPackage next = await PackageAsync(deployment, p => p.PackageId != package.PackageId);

        Assert.True(next.Revision > package.Revision);
        Assert.Equal("certificate-fingerprint", Assert.Single(next.ProposedWrites).Field);
        await deployment.SameAsOfflineAsync(deployment.Handoff, [.. Records, promotion], [.. four.Accepted, .. fifth.Accepted]);
    }

    private static async Task<CorrectionPackage> PackageAsync(Deployment deployment, Func<CorrectionPackage, bool> wanted)
    {
        ListCorrectionPackagesResponse packages = await Eventually.IsAsync(
            "the package",
            async () => await deployment.Handoff.ListCorrectionPackagesAsync(
                new ListCorrectionPackagesRequest { Parent = "tuples/-", State = PackageState.Prepared }),
            p => p.Packages is [var one] && wanted(one),
            () => deployment.Log);
        return await deployment.Handoff.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = packages.Packages[0].Name });
    }

    private static Sent Record(string source, string format, string file) =>
        new(source, format, File.ReadAllBytes(Path.Combine(Program.Root, "services/AllInOne/Demo/Scenario", file)));
}
