using Microsoft.Extensions.Caching.Memory;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// Record histories, decoded once: the records of a release change and are asked for many times within minutes. A
/// revision of a record stands for one history for ever, so what is kept here can be forgotten, but never be wrong.
/// Safe for concurrent use.
/// </summary>
internal sealed class Histories(string engine) : IDisposable
{
    /// <summary>In stored bytes; decoded they take about four times as much.</summary>
    private const long LimitBytes = 8 * 1024 * 1024;

    private readonly MemoryCache _recent = new(new MemoryCacheOptions { SizeLimit = LimitBytes });

    private readonly RecordStatements _sql = RecordStatements.For(engine);

    /// <summary>Keeps what a transaction has written or read, once it is committed: until then its revisions may yet be others.</summary>
    public void Keep(StoreSnapshot snapshot, IReadOnlyCollection<Decoded> histories)
    {
        if (snapshot is StoreTransaction transaction)
        {
            transaction.OnCommitted(() => Keep(histories));
        }
        else
        {
            Keep(histories);
        }
    }

    /// <summary>The histories of records, by key.</summary>
    /// <param name="snapshot">Where they stand.</param>
    /// <param name="revisions">The records, with the revisions that the same snapshot has of them.</param>
    public async Task<Dictionary<string, RecordHistory>> LoadAsync(
        StoreSnapshot snapshot, IReadOnlyCollection<KeyValuePair<string, long>> revisions)
    {
        var known = new Dictionary<string, RecordHistory>(revisions.Count, StringComparer.Ordinal);
        var missing = new List<string>();
        foreach ((string recordKey, long revision) in revisions)
        {
            if (_recent.TryGetValue((recordKey, revision), out RecordHistory? history))
            {
                known[recordKey] = history!;
            }
            else
            {
                missing.Add(recordKey);
            }
        }

        if (missing.Count > 0)
        {
            IReadOnlyList<StoredRecord> rows = await snapshot.QueryAsync<StoredRecord>(_sql.Histories, new { keys = snapshot.Keys(missing) });
            List<Decoded> decoded = [.. rows.Select(r => new Decoded(r.RecordKey, r.Revision, StoredEvidence.History(r.History), r.History.Length))];
            decoded.ForEach(d => known[d.RecordKey] = d.History);
            Keep(snapshot, decoded);
        }

        return known;
    }

    /// <inheritdoc/>
    public void Dispose() => _recent.Dispose();

    private void Keep(IEnumerable<Decoded> histories)
    {
        foreach (Decoded one in histories)
        {
            _recent.Set((one.RecordKey, one.Revision), one.History, new MemoryCacheEntryOptions { Size = one.StoredBytes });
        }
    }

    private sealed record StoredRecord
    {
        public string RecordKey { get; init; } = "";

        public long Revision { get; init; }

        public byte[] History { get; init; } = [];
    }
}

/// <summary>A revision of a record, decoded.</summary>
/// <param name="RecordKey">The record's key.</param>
/// <param name="Revision">The revision.</param>
/// <param name="History">What it says.</param>
/// <param name="StoredBytes">Its length as stored.</param>
internal sealed record Decoded(string RecordKey, long Revision, RecordHistory History, int StoredBytes);
