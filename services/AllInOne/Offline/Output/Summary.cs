using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.AllInOne.Offline.Output;

/// <summary>The figures of a run. The document's names are a contract.</summary>
internal sealed record Summary
{
    /// <summary>Deliveries, repeated ones included.</summary>
    public required long Notifications { get; init; }

    /// <summary>Items per outcome; every outcome has an entry.</summary>
    public required IReadOnlyDictionary<ItemOutcome, long> Outcomes { get; init; }

    /// <summary>Figures of the ledgers.</summary>
    public required LedgerFigures Ledgers { get; init; }

    /// <summary>Fields overwritten silently, as the audit counts them.</summary>
    public required long SilentlyOverwritten { get; init; }

    /// <summary>All items: the sum of the outcomes.</summary>
    public long Items => Outcomes.Values.Sum();

    /// <summary>The document of <c>summary.json</c>.</summary>
    public JsonObject Document()
    {
        var document = new JsonObject { ["notifications"] = Notifications, ["items"] = Items };
        foreach (ItemOutcome outcome in Enum.GetValues<ItemOutcome>())
        {
            document[WireNames.Of(outcome)] = Outcomes[outcome];
        }

        document["tuples"] = Ledgers.Tuples;
        document["conflicts"] = Ledgers.Conflicts;
        document["held"] = Ledgers.Held;
        document["resolvedByRule"] = Ledgers.ResolvedByRule;
        document["converging"] = Ledgers.Converging;
        document["silentlyOverwritten"] = SilentlyOverwritten;
        return document;
    }
}

/// <summary>What the ledgers add up to; of fields, only those of tuples in scope.</summary>
/// <param name="Tuples">All ledgers.</param>
/// <param name="OnHold">Tuples on reconciliation hold.</param>
/// <param name="Packages">Correction packages.</param>
/// <param name="Conflicts">Fields with two current candidates that are not equivalent.</param>
/// <param name="Held">Fields that are held.</param>
/// <param name="ResolvedByRule">Fields on which a named rule decided.</param>
/// <param name="Converging">Fields inside their allowance.</param>
internal readonly record struct LedgerFigures(
    long Tuples, long OnHold, long Packages, long Conflicts, long Held, long ResolvedByRule, long Converging)
{
    /// <summary>The figures of one tuple.</summary>
    public static LedgerFigures Of(Ledger ledger, bool package)
    {
        IReadOnlyList<FieldEntry> fields = ledger.InScope ? ledger.Fields : [];
        return new LedgerFigures(
            1,
            ledger.OnHold ? 1 : 0,
            package ? 1 : 0,
            fields.Count(IsConflict),
            fields.Count(f => f.State == FieldState.Held),
            fields.Count(f => f.State == FieldState.Precedence),
            fields.Count(f => f.State == FieldState.Converging));
    }

    /// <summary>Both together.</summary>
    public static LedgerFigures operator +(LedgerFigures a, LedgerFigures b) => new(
        a.Tuples + b.Tuples, a.OnHold + b.OnHold, a.Packages + b.Packages, a.Conflicts + b.Conflicts, a.Held + b.Held,
        a.ResolvedByRule + b.ResolvedByRule, a.Converging + b.Converging);

    private static bool IsConflict(FieldEntry entry)
    {
        List<Candidate> current = [.. entry.Candidates.Where(c => c.Outcome is CandidateOutcome.Authoritative
            or CandidateOutcome.Agrees or CandidateOutcome.Equivalent or CandidateOutcome.Lost or CandidateOutcome.Contested)];
        bool set = FieldCatalogue.IsSet(entry.Field) || entry.Field == Field.ObservedEnvelopeId;
        for (int i = 1; i < current.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Differ(current[i], current[j], set))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Records of one source add up to a set; another source agrees by membership.</summary>
    private static bool Differ(Candidate a, Candidate b, bool set)
    {
        bool equivalent = a.Outcome == CandidateOutcome.Equivalent || b.Outcome == CandidateOutcome.Equivalent
            || a.Values.SequenceEqual(b.Values)
            || (set && (a.Source == b.Source || IsPartOf(a, b) || IsPartOf(b, a)
                || a.Outcome == CandidateOutcome.Agrees || b.Outcome == CandidateOutcome.Agrees));
        return !equivalent;
    }

    private static bool IsPartOf(Candidate a, Candidate b) => a.Values.Count > 0 && a.Values.All(b.Values.Contains);
}
