using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>All that a reconciliation of one tuple starts from.</summary>
/// <param name="Tuple">Where it stands.</param>
/// <param name="Evidence">What is known about it.</param>
/// <param name="Awaited">The source instances that it waits to hear again.</param>
public sealed record KnownTuple(
    StoredTuple Tuple, TupleEvidence Evidence, IReadOnlySet<(Source Source, string Instance)> Awaited);

/// <summary>What adding observations changed.</summary>
public sealed class AddedEvidence
{
    internal AddedEvidence(IReadOnlySet<string> tupleKeys, IEnumerable<JoinedRecord> records)
    {
        TupleKeys = tupleKeys;
        Records = records.ToDictionary(r => r.RecordKey, r => (r.After, r.History!), StringComparer.Ordinal);
    }

    /// <summary>The keys of all tuples whose evidence may differ now, in either direction of binding.</summary>
    public IReadOnlySet<string> TupleKeys { get; }

    /// <summary>The records that were changed, decoded already, with their revisions.</summary>
    internal IReadOnlyDictionary<string, (long Revision, RecordHistory History)> Records { get; }
}

/// <summary>A tuple waits, or waits no longer, to hear a source instance again.</summary>
/// <param name="TupleKey">The tuple's key.</param>
/// <param name="Source">The source.</param>
/// <param name="Instance">The instance.</param>
public sealed record AwaitedInstance(string TupleKey, Source Source, string Instance);
