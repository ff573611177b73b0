using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Offline;

public sealed class When_the_scenario_lies_in_files : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_ledger_is_the_worked_example()
    {
        Run run = Reconcile("--reveal");

        Assert.Equal(0, run.Code);
        Assert.True(run.Ledger["onHold"]!.GetValue<bool>());
        AssertHeld(run, "manifest-digest", "digest-identity-conflict", root: false);
        AssertHeld(run, "tag-to-digest", "digest-identity-conflict", root: false);
        foreach (string field in new[] { "promotion-time", "active-tags", "signature-envelope-id", "signer-key-id", "signer-identity", "attestation-bundle", "ledger-write-time", "certificate-fingerprint" })
        {
            AssertHeld(run, field, "digest-identity-conflict", root: true);
        }

        AssertHeld(run, "approved-tuple", "snapshot-binding-mismatch", root: true);
        AssertHeld(run, "approval-time", "snapshot-binding-mismatch", root: true);
        AssertHeld(run, "observed-envelope-id", "runtime-unlinked", root: false);
        foreach (string field in new[] { "repository", "release-train", "release-window", "exception-notes", "reviewer-state", "observed-digest", "admission-check", "cluster-id", "observation-time" })
        {
            Assert.Equal("agreed", run.Field(field)["state"]!.GetValue<string>());
        }

        Assert.Empty(run.Package["proposedWrites"]!.AsArray());
    }

    [Fact]
    public void The_late_promotion_leaves_one_write_and_the_holds_that_need_people()
    {
        string input = Story.Folder(_scratch);
        _scratch.Write("in/distribution/late.json", Story.Promotion(Story.B, "2026-03-22T13:00:00Z", "e2"));

        Run run = Run.Reconcile(_scratch["out"], input, "--as-of", "2026-03-23T00:00:00Z", "--reveal");

        Assert.Equal(Story.B, run.Field("manifest-digest")["authoritative"]!.GetValue<string>());
        JsonNode write = Assert.Single(run.Package["proposedWrites"]!.AsArray())!;
        Assert.Equal("certificate-fingerprint", write["field"]!.GetValue<string>());
        Assert.Equal(Story.OldFingerprint, write["patch"]![0]!["value"]!.GetValue<string>());
        Assert.Equal(Story.Fingerprint, write["patch"]![1]!["value"]!.GetValue<string>());
        Assert.Equal(Story.OldFingerprint, write["inverse"]![1]!["value"]!.GetValue<string>());
        string[] held = [.. run.Ledger["fields"]!.AsArray().Where(f => f!["state"]!.GetValue<string>() == "held").Select(f => f!["field"]!.GetValue<string>())];
        Assert.Equal(["approval-time", "approved-tuple", "observed-envelope-id"], held);
    }

    [Fact]
    public void The_summary_counts_what_the_ledger_shows()
    {
        Run run = Reconcile();

        Assert.Equal(
            """{"applied":4,"conflicts":4,"converging":0,"duplicate":0,"held":14,"hint":0,"irrelevant":0,"items":4,"notifications":4,"rejected":0,"resolvedByRule":0,"silentlyOverwritten":0,"superseded":0,"tuples":1,"unbound":0}""",
            run.Files["summary.json"]);
    }

    [Fact]
    public void Json_prints_the_summary_and_nothing_else_on_stdout()
    {
        Run run = Reconcile("--json");

        Assert.Equal(run.Files["summary.json"], run.Output.TrimEnd());
    }

    [Fact]
    public void Every_item_line_has_every_key()
    {
        Run run = Reconcile("--reveal");

        Assert.All(run.Items, item => Assert.Equal(
            ["fields", "format", "index", "instance", "notificationSha256", "outcome", "reason", "recordId", "revision", "source", "sourceTime"],
            item.Select(m => m.Key)));
        JsonObject registry = run.Items.Single(i => i["source"]!.GetValue<string>() == "artifact-registry");
        Assert.Equal($"{Story.Registry}/{Story.Path}:{Story.Tag}", registry["recordId"]!.GetValue<string>());
        JsonNode field = registry["fields"]!.AsArray().Single(f => f!["field"]!.GetValue<string>() == "manifest-digest")!;
        Assert.Equal("/events/0/target/digest", field["pointer"]!.GetValue<string>());
    }

    [Fact]
    public void Fresh_evidence_converges_instead_of_holding()
    {
        Run run = Run.Reconcile(_scratch["out"], Story.Folder(_scratch), "--as-of", "2026-03-22T11:05:00Z");

        Assert.True(run.Count("converging") > 0);
        Assert.NotNull(run.Ledger["nextTransitionAt"]);
    }

    private Run Reconcile(params string[] more) =>
        Run.Reconcile(_scratch["out"], [Story.Folder(_scratch), "--as-of", "2026-03-23T00:00:00Z", .. more]);

    private static void AssertHeld(Run run, string field, string reason, bool root)
    {
        JsonObject entry = run.Field(field);
        Assert.Equal("held", entry["state"]!.GetValue<string>());
        Assert.Null(entry["authoritative"]);
        Assert.Equal(reason, entry["hold"]!["reason"]!.GetValue<string>());
        Assert.Equal(root ? "manifest-digest/digest-identity-conflict" : null, entry["hold"]!["root"]?.GetValue<string>());
    }
}
