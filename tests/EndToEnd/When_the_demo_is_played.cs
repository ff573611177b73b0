using System.Text.RegularExpressions;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>What a newcomer's first command prints, and that it ends well.</summary>
public sealed partial class When_the_demo_is_played
{
    private static readonly string[] Fields =
    [
        "repository", "release-train", "manifest-digest", "tag-to-digest", "promotion-time", "active-tags",
        "signature-envelope-id", "signer-key-id", "signer-identity", "certificate-fingerprint", "certificate-lineage",
        "attestation-bundle", "ledger-write-time", "approved-tuple", "approval-time", "release-window", "exception-notes",
        "exception-bindings", "reviewer-state", "observed-digest", "admission-check", "cluster-id", "observation-time",
        "observed-envelope-id",
    ];

    [Fact]
    public async Task It_prints_ledger_holds_and_alternatives_then_the_superseding_package_and_ends_with_0()
    {
        Outcome demo = await Program.AllInOne.RunAsync(TimeSpan.FromSeconds(90), "demo", "--exit");

        Assert.True(demo.Code == 0, $"{demo.Code}\n{demo.Output}\n{demo.Error}");
        string[] acts = Regex.Split(demo.Output, "(?m)^.*Late, the registry promotes B.*$");
        Assert.Equal(2, acts.Length);
        FourRecordsDisagree(acts[0]);
        TheRegistryPromotesB(acts[1]);
    }

    private static void FourRecordsDisagree(string act)
    {
        Assert.Equal(4, Regex.Count(act, "POST .* → 202"));
        Assert.All(Fields, field => Assert.NotNull(Row(act, field)));
        Assert.Contains("on reconciliation hold", act, StringComparison.Ordinal);

        Assert.All(
            new[] { "repository", "release-train", "release-window", "exception-notes", "reviewer-state", "observed-digest", "admission-check", "cluster-id" },
            field => Assert.Equal("agreed", Row(act, field)!.State));
        Assert.Equal(new LedgerRow("held", "none", "digest-identity-conflict"), Row(act, "manifest-digest"));
        Assert.Equal(new LedgerRow("held", "none", "digest-identity-conflict"), Row(act, "tag-to-digest"));
        Assert.Equal(new LedgerRow("held", "none", "runtime-unlinked"), Row(act, "observed-envelope-id"));
        Assert.Equal(new LedgerRow("held", "none", "snapshot-binding-mismatch, also"), Row(act, "approved-tuple"));

        // How many packages the first three records gave on the way depends on how fast the fourth came.
        Assert.Matches(@"Correction package .* revision \d+", act);
        Assert.Contains("proposed writes: 0", act, StringComparison.Ordinal);
        Assert.Matches(@"alternative sha256:8f4…7ac#\w+: no write; needs .*re-approval", act);
        Assert.Matches(@"alternative sha256:8f4…71e#\w+: writes certificate-fingerprint; needs registry-promotion", act);
        Assert.DoesNotContain("inverse", act, StringComparison.Ordinal);
    }

    private static void TheRegistryPromotesB(string act)
    {
        Assert.Matches(@"Correction package .* revision \d+, supersedes ", act);
        Assert.Equal("agreed", Row(act, "manifest-digest")!.State);
        Assert.StartsWith("sha256:8f4…71e#", Row(act, "manifest-digest")!.Authoritative, StringComparison.Ordinal);
        Assert.Equal("precedence", Row(act, "certificate-fingerprint")!.State);
        Assert.All(new[] { "approved-tuple", "approval-time", "observed-envelope-id" }, field => Assert.Equal("held", Row(act, field)!.State));
        Assert.Contains("on reconciliation hold", act, StringComparison.Ordinal);

        Match write = Write().Match(act);
        Assert.True(write.Success, act);
        Assert.Equal(write.Groups["before"].Value, write.Groups["restored"].Value);
        Assert.Equal(write.Groups["after"].Value, write.Groups["undone"].Value);
        Assert.NotEqual(write.Groups["before"].Value, write.Groups["after"].Value);
        Assert.Matches("stays held: .*approved-tuple .*observed-envelope-id", act);
    }

    /// <summary>A row of the ledger's table: state, value and hold as far as the first line of each cell has them.</summary>
    private static LedgerRow? Row(string act, string field)
    {
        Match row = Regex.Match(act, $@"(?m)^│ {field} +│ (?<state>\S+) +│ (?<value>.*?) +│ (?<hold>.*?) +│");
        return row.Success ? new LedgerRow(row.Groups["state"].Value, row.Groups["value"].Value, row.Groups["hold"].Value) : null;
    }

    [GeneratedRegex(@"patch    test (?<path>\S+) = (?<before>\S+), replace \k<path> = (?<after>\S+)\s+inverse  test \k<path> = (?<undone>\S+), replace \k<path> = (?<restored>\S+)")]
    private static partial Regex Write();

    private sealed record LedgerRow(string State, string Authoritative, string Hold);
}
