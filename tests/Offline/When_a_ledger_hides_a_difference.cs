using System.Text.Json.Nodes;
using ReleaseIntegrity.AllInOne.Evaluating;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Worlds;
using Delivery = ReleaseIntegrity.AllInOne.Offline.Input.Delivery;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>The audit counts 0 for honest ledgers; here it is shown that it can count.</summary>
public sealed class When_a_ledger_hides_a_difference : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_honest_ledger_hides_none()
    {
        (SilentOverwriteAudit audit, JsonObject ledger) = Audited();

        Assert.Empty(audit.Overwritten(ledger));
    }

    [Fact]
    public void A_value_that_won_without_a_rule_is_found()
    {
        (SilentOverwriteAudit audit, JsonObject ledger) = Audited();
        Doctor(ledger, "manifest-digest", e => (e["state"], e["hold"], e["authoritative"]) = ("agreed", null, Story.A));

        Assert.Equal([Field.ManifestDigest], audit.Overwritten(ledger));
    }

    [Fact]
    public void A_rule_that_hides_the_loser_is_found()
    {
        (SilentOverwriteAudit audit, JsonObject ledger) = Audited();
        Doctor(ledger, "tag-to-digest", e =>
        {
            (e["state"], e["hold"], e["authoritative"], e["rule"]) = ("precedence", null, Story.A, "registry-over-snapshot");
            e["candidates"] = new JsonArray([.. e["candidates"]!.AsArray().Where(c => c!["value"]!.GetValue<string>() == Story.A).Select(c => c!.DeepClone())]);
        });

        Assert.Equal([Field.TagToDigest], audit.Overwritten(ledger));
    }

    [Fact]
    public void A_rule_that_keeps_the_loser_in_sight_is_not()
    {
        (SilentOverwriteAudit audit, JsonObject ledger) = Audited();
        Doctor(ledger, "tag-to-digest", e => (e["state"], e["hold"], e["authoritative"], e["rule"]) = ("precedence", null, Story.A, "registry-over-snapshot"));

        Assert.Empty(audit.Overwritten(ledger));
    }

    [Fact]
    public void A_hold_without_a_reason_and_a_missing_field_are_found()
    {
        (SilentOverwriteAudit audit, JsonObject ledger) = Audited();
        Doctor(ledger, "certificate-fingerprint", e => e["hold"] = null);
        JsonArray fields = ledger["fields"]!.AsArray();
        fields.Remove(fields.Single(f => f!["field"]!.GetValue<string>() == "tag-to-digest"));

        Assert.Equal([Field.TagToDigest, Field.CertificateFingerprint], audit.Overwritten(ledger).Order());
    }

    [Fact]
    public void A_tuple_out_of_scope_is_nobodys_decision()
    {
        (SilentOverwriteAudit audit, JsonObject ledger) = Audited();
        Doctor(ledger, "manifest-digest", e => (e["state"], e["hold"]) = ("agreed", null));
        ledger["inScope"] = false;

        Assert.Empty(audit.Overwritten(ledger));
    }

    [Fact]
    public void Manifests_of_one_index_are_no_difference_and_those_of_two_are()
    {
        // Of worlds that hold nothing that drifts, the first whose clusters, of two architectures, run one index.
        (Observation[] items, JsonObject ledger) = World.Stream(0, new WorldOptions { Drifts = new HashSet<Drift>() }).Take(50).Select(Ledger)
            .First(l => Entry(l.Ledger, "observed-digest")["authoritative"] is JsonArray { Count: > 1 });

        Assert.Empty(new SilentOverwriteAudit(PolicyAudit.Rules(PolicyFile.Default()), items).Overwritten(ledger));
        Observation[] childless = [.. items.Select(i => i with { Children = [] })];
        Assert.NotEmpty(new SilentOverwriteAudit(PolicyAudit.Rules(PolicyFile.Default()), childless).Overwritten(ledger));
    }

    [Fact]
    public void The_audit_knows_the_contracts_and_nothing_of_the_engine() => Assert.Equal(
        ["ReleaseIntegrity.Contracts"],
        typeof(SilentOverwriteAudit).Assembly.GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => n.StartsWith("ReleaseIntegrity", StringComparison.Ordinal)));

    [Fact]
    public void A_decision_of_admission_that_the_next_one_followed_is_no_difference()
    {
        // Without drift a hotfix leaves each cluster with the decisions of two images; of those reviews nothing is ever taken back.
        World world = World.Stream(0, new WorldOptions { Drifts = new HashSet<Drift>() }).Take(300).First(w => w.Deliveries
            .Where(d => d.Format == "k8s-admission").SelectMany(WorldEvidence.Read).Where(o => o.Subjects[0].Image == w.Artifacts[^1].Tuple)
            .GroupBy(o => o.Record.Instance).Any(cluster => cluster.DistinctBy(o => o.Subjects[0].Digest).Count() > 1));
        (Observation[] items, JsonObject ledger) = Ledger(world);

        Assert.Empty(new SilentOverwriteAudit(PolicyAudit.Rules(PolicyFile.Default()), items).Overwritten(ledger));
        Observation[] running = [.. items.Select(i => i.Record.Kind == RecordKind.AdmissionDecision ? i with { Record = i.Record with { Kind = RecordKind.Container } } : i)];
        Assert.NotEmpty(new SilentOverwriteAudit(PolicyAudit.Rules(PolicyFile.Default()), running).Overwritten(ledger));
    }

    private static (Observation[] Items, JsonObject Ledger) Ledger(World world)
    {
        Observation[] items = [.. world.Deliveries.SelectMany(WorldEvidence.Read)];
        var evidence = new EvidenceBase(PolicyFile.Default());
        Array.ForEach(items, evidence.Add);
        return (items, LedgerDocument.Of(Reconciler.Reconcile(evidence.Of(world.Artifacts[^1].Tuple), PolicyFile.Default(), world.End).Ledger));
    }

    private static JsonObject Entry(JsonObject ledger, string field) =>
        ledger["fields"]!.AsArray().Single(f => f!["field"]!.GetValue<string>() == field)!.AsObject();

    private static void Doctor(JsonObject ledger, string field, Action<JsonObject> doctor) => doctor(Entry(ledger, field));

    private (SilentOverwriteAudit Audit, JsonObject Ledger) Audited()
    {
        string input = Story.Folder(_scratch);
        var formats = FormatTable.Shipped();
        IReadOnlyList<InputFile> files = InputFiles.Find([input], _scratch["out"], formats);
        using var reader = new DeliveryReader(files, formats);
        Observation[] items = [.. DeliveryPlaces.Of(files)
            .SelectMany(p => ((Delivery.Read)reader.Read(p)).Items)
            .OfType<NormalisedItem.Observed>()
            .Select(o => o.Observation with { Lineage = o.Observation.Lineage with { ExtractedAt = new DateTimeOffset(2026, 3, 23, 0, 0, 0, TimeSpan.Zero) } })];
        var rules = new AuditRules
        {
            Heard = Enum.GetValues<Field>().ToDictionary(f => f, _ => (IReadOnlySet<Source>)Enum.GetValues<Source>().ToHashSet()),
            SkewAllowance = TimeSpan.FromMinutes(5),
        };
        return (new SilentOverwriteAudit(rules, items), Run.Reconcile(_scratch["out"], input, "--reveal", "--as-of", "2026-03-23T00:00:00Z").Ledger);
    }
}
