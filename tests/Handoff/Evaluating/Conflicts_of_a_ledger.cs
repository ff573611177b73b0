using System.Text.Json.Nodes;
using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Tests.Core;

namespace ReleaseIntegrity.Tests.Handoff.Evaluating;

/// <summary>The pass that finds what became of conflicts, over ledgers of the engine and over ledgers that were tampered with.</summary>
public sealed class Conflicts_of_a_ledger
{
    [Fact]
    public void The_scenario_has_four_that_began_with_the_entry_the_snapshot_and_the_container()
    {
        IReadOnlyList<Conflict> conflicts = LedgerAudit.Of(Document(World.Reconcile("12:00", World.Scenario())).View);
        Assert.Equal(
            [
                new("certificate-fingerprint", ConflictRoute.Held, World.At("08:05")),
                new("manifest-digest", ConflictRoute.Held, World.At("08:00")),
                new("signature-envelope-id", ConflictRoute.Held, World.At("08:10")),
                new("tag-to-digest", ConflictRoute.Held, World.At("08:00")),
            ],
            conflicts.OrderBy(c => c.Field, StringComparer.Ordinal));
    }

    [Fact]
    public void The_late_promotion_leaves_two_that_rules_decide_and_a_fresh_one_converges()
    {
        Assert.Equal(
            [("certificate-fingerprint", ConflictRoute.DecidedByRule), ("signature-envelope-id", ConflictRoute.DecidedByRule)],
            LedgerAudit.Of(Document(World.Reconcile("14:00", [.. World.Scenario(), World.Push(World.B, "12:30")])).View).Select(c => (c.Field, c.Route)));
        Assert.Contains(
            LedgerAudit.Of(Document(World.Reconcile("08:02", World.Scenario()[..2])).View), c => c is { Field: "manifest-digest", Route: ConflictRoute.Converging });
    }

    public static TheoryData<string, Action<JsonObject>> Tampered { get; } = new()
    {
        { "the hold is gone", f => { f["state"] = "held"; f["hold"] = null; } },
        { "it claims to agree", f => { f["state"] = "agreed"; f["hold"] = null; f["authoritative"] = World.B.Text; } },
        { "a rule without a name chose", f => { f["state"] = "precedence"; f["hold"] = null; f["rule"] = null; } },
        { "nobody speaks", f => f["state"] = "missing" },
    };

    [Theory]
    [MemberData(nameof(Tampered))]
    public void A_ledger_that_overwrites_is_seen(string how, Action<JsonObject> tamper)
    {
        JsonObject ledger = Document(World.Reconcile("12:00", World.Scenario())).Json;
        tamper(ledger["fields"]!.AsArray().Select(f => f!.AsObject()).Single(f => (string)f["field"]! == "manifest-digest"));
        Assert.True(LedgerAudit.Of(DocumentReader.Ledger(ledger)).Any(c => c is { Field: "manifest-digest", Route: ConflictRoute.Overwritten }), how);
    }

    [Fact]
    public void Out_of_scope_there_is_none()
    {
        JsonObject ledger = Document(World.Reconcile("12:00", World.Scenario())).Json;
        ledger["inScope"] = false;
        Assert.Empty(LedgerAudit.Of(DocumentReader.Ledger(ledger)));
    }

    private static (JsonObject Json, LedgerView View) Document(Reconciliation result)
    {
        JsonObject json = LedgerDocument.Of(result.Ledger);
        return (json, DocumentReader.Ledger(json));
    }
}
