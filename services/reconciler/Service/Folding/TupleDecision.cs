using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// What a reconciliation changes about a stored tuple. Pure: the transaction writes it, the outbox announces it.
/// </summary>
internal abstract record TupleDecision
{
    private TupleDecision()
    {
    }

    /// <summary>The canonical ledger and the open package are what they were: nothing is written, nothing announced.</summary>
    public sealed record Unchanged : TupleDecision;

    /// <summary>Something changed.</summary>
    /// <param name="Before">The tuple as it was.</param>
    /// <param name="After">The tuple as it is to be stored.</param>
    /// <param name="Ledger">The ledger's document.</param>
    /// <param name="Standing">What the case's lifecycle asks of the ledger.</param>
    /// <param name="StoodBefore">The same of the ledger before it; null where there was none.</param>
    /// <param name="Opened">The documents of the holds that were not there before.</param>
    /// <param name="Released">The ids of the holds that are gone.</param>
    /// <param name="Package">What happens to the chain of packages.</param>
    public sealed record Changed(
        StoredTuple Before,
        StoredTuple After,
        JsonObject Ledger,
        Standing Standing,
        Standing? StoodBefore,
        IReadOnlyList<HoldChange> Opened,
        IReadOnlyList<HoldChange> Released,
        PackageStep Package) : TupleDecision;

    /// <summary>Compares a reconciliation with what is stored.</summary>
    public static TupleDecision Of(StoredTuple before, Reconciliation reconciliation, DateTimeOffset now)
    {
        JsonObject ledger = LedgerDocument.Of(reconciliation.Ledger);
        string canonical = CanonicalJson.Text(ledger);
        PackageStep step = PackageStep.Of(before, reconciliation, now);
        bool sameLedger = string.Equals(canonical, before.Ledger, StringComparison.Ordinal);
        if (sameLedger && step is PackageStep.None)
        {
            return new Unchanged();
        }

        StoredTuple after = before with
        {
            Revision = before.Revision + 1,
            Ledger = canonical,
            LedgerSha256 = sameLedger ? before.LedgerSha256 : CanonicalJson.Sha256(ledger),
            PackageRevision = step is PackageStep.Prepared { Package.Revision: var next } ? next : before.PackageRevision,
            PackageId = step is PackageStep.Prepared { Package.PackageId: var id } ? id : before.PackageId,
            DecisionKey = step switch
            {
                PackageStep.Prepared prepared => prepared.Package.DecisionKey,
                PackageStep.Closed => null,
                _ => before.DecisionKey,
            },
        };
        JsonNode? ledgerBefore = before.Ledger is null ? null : JsonNode.Parse(before.Ledger);
        Dictionary<string, HoldChange> held = Holds(ledgerBefore);
        Dictionary<string, HoldChange> holds = Holds(ledger);
        return new Changed(
            before,
            after,
            ledger,
            Standing.Of(reconciliation, before),
            ledgerBefore is null ? null : Standing.Of(ledgerBefore, before),
            [.. holds.Where(h => !held.ContainsKey(h.Key)).Select(h => h.Value)],
            [.. held.Where(h => !holds.ContainsKey(h.Key)).Select(h => h.Value)],
            step);
    }

    private static Dictionary<string, HoldChange> Holds(JsonNode? ledger)
    {
        var holds = new Dictionary<string, HoldChange>(StringComparer.Ordinal);
        foreach (JsonNode? entry in ledger?["fields"]?.AsArray() ?? [])
        {
            if (entry?["hold"] is JsonObject hold)
            {
                string id = hold["id"]!.GetValue<string>();
                holds[id] = new HoldChange(id, entry["field"]!.GetValue<string>(), hold["reason"]!.GetValue<string>(), hold);
            }
        }

        return holds;
    }
}

/// <summary>A hold that was opened or released.</summary>
/// <param name="Id">Its address within the ledger.</param>
/// <param name="Field">Published name of the held field.</param>
/// <param name="Reason">Published name of its first reason.</param>
/// <param name="Document">The hold as the ledger has it.</param>
internal sealed record HoldChange(string Id, string Field, string Reason, JsonObject Document);

/// <summary>What the case's lifecycle asks of a ledger.</summary>
/// <param name="InScope">The tuple gets holds and packages, or did before.</param>
/// <param name="OnHold">The tuple is on reconciliation hold.</param>
/// <param name="Converging">A field still converges.</param>
internal sealed record Standing(bool InScope, bool OnHold, bool Converging)
{
    public static Standing Of(Reconciliation reconciliation, StoredTuple before) => new(
        reconciliation.Ledger.InScope || before.PackageRevision > 0,
        reconciliation.Ledger.OnHold,
        IsConverging(reconciliation));

    public static Standing Of(JsonNode ledger, StoredTuple stored) => new(
        ledger["inScope"]!.GetValue<bool>() || stored.PackageRevision > 0,
        ledger["onHold"]!.GetValue<bool>(),
        ledger["fields"]!.AsArray().Any(f => f!["state"]!.GetValue<string>() == WireNames.Of(FieldState.Converging)));

    public static bool IsConverging(Reconciliation reconciliation) =>
        reconciliation.Ledger.Fields.Any(f => f.State == FieldState.Converging);
}
