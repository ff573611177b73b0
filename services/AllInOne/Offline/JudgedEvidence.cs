using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>
/// The evidence of all notifications, and how each item ended: judged over the whole set, never over arrival.
/// </summary>
internal sealed class JudgedEvidence
{
    private readonly EvidenceBase _evidence;
    private readonly HashSet<Observation> _repeats = new(ReferenceEqualityComparer.Instance);

    /// <summary>Joins the evidence.</summary>
    /// <param name="notifications">All of them.</param>
    /// <param name="policy">The rules of currency and binding.</param>
    /// <param name="asOf">The evaluation's instant: when deliveries that don't say were received.</param>
    public JudgedEvidence(IReadOnlyList<NotificationEntry> notifications, Policy policy, DateTimeOffset asOf)
    {
        _evidence = new EvidenceBase(policy);
        var kept = new Dictionary<Statement, Observation>();
        foreach (NotificationEntry entry in notifications)
        {
            foreach (NormalisedItem item in entry.Items)
            {
                if (item is NormalisedItem.Observed { Observation: { } observation })
                {
                    // Whoever repeats himself was heard, too.
                    _evidence.Heard(observation.Record.Source, observation.Record.Instance, entry.Latest ?? asOf);
                    Keep(kept, observation);
                }
            }
        }

        foreach (Observation observation in kept.Values)
        {
            _evidence.Add(observation);
        }
    }

    /// <summary>Every tuple, ordered.</summary>
    public IReadOnlyList<ImageReference> Tuples =>
        [.. _evidence.Tuples.OrderBy(t => t.ToString(), StringComparer.Ordinal)];

    /// <summary>The evidence of one tuple. Not safe for concurrent use.</summary>
    public TupleEvidence Of(ImageReference tuple) => _evidence.Of(tuple);

    /// <summary>How an item of a notification's first delivery ended, and why where its outcome needs a reason. Not safe for concurrent use.</summary>
    public (ItemOutcome Outcome, string? Reason) Judge(NormalisedItem item) => item switch
    {
        NormalisedItem.Rejected rejected => (ItemOutcome.Rejected, rejected.Pointer.Length == 0 ? rejected.Reason : $"{rejected.Reason} (at {rejected.Pointer})"),
        NormalisedItem.Irrelevant irrelevant => (ItemOutcome.Irrelevant, irrelevant.Reason),
        NormalisedItem.Hint hint => (ItemOutcome.Hint, hint.Reason),
        NormalisedItem.Observed observed => Judge(observed.Observation),
        _ => throw new ArgumentOutOfRangeException(nameof(item)),
    };

    private (ItemOutcome Outcome, string? Reason) Judge(Observation observation)
    {
        if (_repeats.Contains(observation))
        {
            return (ItemOutcome.Duplicate, "another notification said the same of this revision before");
        }

        if (!_evidence.IsBound(observation))
        {
            return (ItemOutcome.Unbound, "names a digest that no tuple anchors yet");
        }

        return _evidence.History(observation.Record).Counts(observation)
            ? (ItemOutcome.Applied, null)
            : (ItemOutcome.Superseded, "a later revision of the record counts instead");
    }

    /// <summary>Of observations that say the same of one revision the first extracted stays.</summary>
    private void Keep(Dictionary<Statement, Observation> kept, Observation observation)
    {
        var statement = new Statement(observation.Record, RecordHistory.ContentKey(observation), observation.Revision);
        if (!kept.TryGetValue(statement, out Observation? known))
        {
            kept.Add(statement, observation);
            return;
        }

        bool earlier = LineageOrder.Compare(observation.Lineage, known.Lineage) < 0;
        _repeats.Add(earlier ? known : observation);
        kept[statement] = earlier ? observation : known;
    }

    private readonly record struct Statement(SourceRecord Record, string Content, Revision Revision);
}
