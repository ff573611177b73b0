using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Core;
using ReleaseIntegrity.Tests.Handoff.Masking;
using CorrectionPackage = ReleaseIntegrity.Handoff.V1.CorrectionPackage;
using Ledger = ReleaseIntegrity.Handoff.V1.Ledger;
using ProposedWrite = ReleaseIntegrity.Handoff.V1.ProposedWrite;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>The scenario as the engine decides it under the default policy, read back over gRPC.</summary>
public class When_the_scenario_is_handed_off
{
    private static readonly string[] Secrets =
    [
        World.Repository, World.Cluster, World.A.Text, World.B.Text, new string('1', 64), new string('2', 64), "emergency lane",
        "prod-eu-1/pod-1/api",
    ];

    [Fact]
    public async Task The_steward_sees_the_conflict_and_no_secret()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        string tuple = await Hand(host, World.Reconcile("12:00", World.Scenario()), 1);
        CorrectionPackage package = await Get(host, tuple);

        Assert.True(package.OnHold);
        Assert.Empty(package.ProposedWrites);
        LedgerField digest = package.Ledger.Fields.Single(f => f.Field == "manifest-digest");
        Assert.Equal("held", digest.State);
        Assert.Null(digest.Authoritative);
        string[] values = [.. digest.Candidates.Select(c => c.Value.Values.Single()).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["sha256:8f4…71e", "sha256:8f4…7ac"], values.Select(v => v[..14]));
        Assert.All(digest.Candidates, c => Assert.Contains(c.Value.Values.Single(), values));
        Assert.Equal(2, package.Alternatives.Count(a => a.Field == "manifest-digest"));
        Assert.Contains("runtime-unlinked", package.HoldReasons);
        Assert.Contains("snapshot-binding-mismatch", package.HoldReasons);
        Assert.Equal(World.Tag, package.ReleaseTrain);
        Assert.Contains(package.WriteTargets, t => t is { Source: "change-snapshot", RecordId: "chg-1" });
        ListHoldsResponse roots = await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = tuple, RootOnly = true });
        Assert.Contains(roots.Holds, h => h.Id == "manifest-digest/digest-identity-conflict" && h.ReleaseWhen.Count > 0);
        AssertMasked(package, await host.Client.GetLedgerAsync(new GetLedgerRequest { Name = tuple + "/ledger" }));
    }

    [Fact]
    public async Task The_late_promotion_supersedes_with_one_write_and_its_inverse()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        string tuple = await Hand(host, World.Reconcile("12:00", World.Scenario()), 1);
        await Hand(host, World.Reconcile("14:00", [.. World.Scenario(), World.Push(World.B, "12:30")]), 2);
        CorrectionPackage package = await Get(host, tuple);

        Assert.Equal(2, package.Revision);
        ProposedWrite write = Assert.Single(package.ProposedWrites);
        Assert.Equal("certificate-fingerprint", write.Field);
        Assert.Equal(["test", "replace"], write.Patch.Select(o => o.Op));
        Assert.Equal(write.Patch.Select(o => o.Value), write.Inverse.Select(o => o.Value).Reverse());
        Assert.All(write.Patch, o => Assert.Matches("^(111…111|222…222)#[0-9a-f]{12}$", o.Value));
        Assert.Equal("/u_certificate_fingerprint", write.Patch[0].Path);
        CorrectionPackage old = await host.Client.GetCorrectionPackageAsync(
            new GetCorrectionPackageRequest { Name = $"{tuple}/packages/{package.Supersedes}" });
        Assert.Equal(PackageState.Superseded, old.State);
        Assert.Equal(package.PackageId, old.SupersededBy);
        AssertMasked(package, await host.Client.GetLedgerAsync(new GetLedgerRequest { Name = tuple + "/ledger" }));
    }

    private static async Task<CorrectionPackage> Get(HandoffHost host, string tuple) =>
        await host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = tuple + "/packages/latest" });

    private static async Task<string> Hand(HandoffHost host, Reconciliation result, long revision)
    {
        string ledger = CanonicalJson.Text(LedgerDocument.Of(result.Ledger));
        await host.Feed.Apply(new LedgerChanged
        {
            Tuple = World.Release,
            Revision = revision,
            CanonicalLedger = Encoding.UTF8.GetBytes(ledger),
            HoldsOpened = [],
            HoldsReleased = [],
            LedgerSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ledger))),
            RecordedAt = World.Ten,
        });
        JsonObject package = PackageDocument.Of(result.Package!);
        string tuple = "tuples/" + new Masker(HandoffHost.Key).TupleId(World.Release);
        await host.Feed.Apply(new CorrectionPackagePrepared
        {
            Tuple = World.Release,
            PackageId = (string)package["id"]!,
            Revision = revision,
            Supersedes = revision == 1 ? null : (await Get(host, tuple)).PackageId,
            CanonicalPackage = CanonicalJson.Bytes(package),
            PreparedAt = World.Ten,
        });
        return tuple;
    }

    private static void AssertMasked(CorrectionPackage package, Ledger ledger)
    {
        string text = package.ToString() + ledger;
        Assert.DoesNotContain(Secrets, s => Leaks.Shows(text, s));
        Assert.True(Regex.Count(text, "~[0-9a-f]{12}") > 3);
    }
}
