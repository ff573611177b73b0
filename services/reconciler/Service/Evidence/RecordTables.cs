using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>Source records: what the observations of each join into.</summary>
internal sealed class RecordTables(string engine, Policy policy, Histories histories)
{
    private const int DerivedPage = 200;

    private readonly RecordStatements _sql = RecordStatements.For(engine);
    private readonly Deliveries _deliveries = new(engine);

    /// <summary>Adds observations to their records. Returns the records that say something new.</summary>
    public async Task<IReadOnlyList<JoinedRecord>> JoinAsync(
        StoreTransaction transaction, IReadOnlyCollection<Observation> delivered, IReadOnlyCollection<Observation> reread)
    {
        Dictionary<SourceRecord, string> keys = delivered.Concat(reread).Select(o => o.Record).Distinct().ToDictionary(r => r, EvidenceKeys.Of);
        Dictionary<string, long> revisions = (await transaction.QueryAsync<RecordRevision>(
                _sql.Revisions, new { records = transaction.Keys(keys.Values) }))
            .ToDictionary(r => r.RecordKey, r => r.Revision, StringComparer.Ordinal);
        IReadOnlyList<Delivery> deliveries = await _deliveries.TakeAsync(
            transaction,
            [
                .. delivered.Select(o => new Delivery(keys[o.Record], o, deliveries: 1)),
                .. reread.Select(o => new Delivery(keys[o.Record], o, deliveries: 0)),
            ],
            revisions.ContainsKey);
        List<JoinedRecord> changed =
        [
            .. deliveries
                .Where(d => d.Arrival != Arrival.Known)
                .GroupBy(d => d.RecordKey)
                .Select(g => new JoinedRecord(g.Key, [.. g], revisions.GetValueOrDefault(g.Key))),
        ];
        await ChangeAsync(transaction, changed);
        await SaveAsync(transaction, changed);
        return changed;
    }

    /// <summary>Derives all records from their observations, where no row of them exists; hands out each page.</summary>
    public async Task DeriveAsync(StoreTransaction transaction, long revision, Func<IReadOnlyList<StoredObservation>, Task> each)
    {
        string after = "";
        while (true)
        {
            IReadOnlyList<string> page =
                await transaction.QueryAsync<string>(_sql.ObservedPage, new { after, limit = DerivedPage });
            if (page.Count == 0)
            {
                return;
            }

            IReadOnlyList<StoredObservation> rows = await _deliveries.OfRecordsAsync(transaction, page);
            RecordRow[] records =
            [
                .. rows.GroupBy(r => r.RecordKey).Select(g =>
                    RecordRow.Of(g.Key, RecordHistory.Of([.. g.Select(r => r.Observation)], policy), revision)),
            ];
            Demand(records.Length, await transaction.ExecuteRowsAsync(_sql.Add, RecordStatements.Row, records));
            await each(rows);
            after = page[^1];
        }
    }

    /// <summary>
    /// A container or admission decision that is over says nothing that reconciling asks for; clusters finish so many of
    /// them that they should not be read again with every change of their tuple.
    /// </summary>
    internal static bool IsRetired(RecordHistory history) =>
        history.Record.Kind is RecordKind.Container or RecordKind.AdmissionDecision
        && history.Skewed.Count == 0
        && history.Current.All(v => v.Last.Withdrawn);

    private async Task ChangeAsync(StoreTransaction transaction, List<JoinedRecord> changed)
    {
        Dictionary<string, RecordHistory> before = await histories.LoadAsync(
            transaction, [.. changed.Where(r => r.Before > 0).Select(r => KeyValuePair.Create(r.RecordKey, r.Before))]);
        foreach (JoinedRecord record in changed)
        {
            record.Known = before.GetValueOrDefault(record.RecordKey);
            record.History = record.Joined(policy);
        }

        List<JoinedRecord> rebuilt = changed.FindAll(r => r.History is null);
        if (rebuilt.Count > 0)
        {
            ILookup<string, StoredObservation> rows =
                (await _deliveries.OfRecordsAsync(transaction, rebuilt.Select(r => r.RecordKey))).ToLookup(r => r.RecordKey);
            rebuilt.ForEach(r => r.History = RecordHistory.Of([.. rows[r.RecordKey].Select(o => o.Observation)], policy));
        }
    }

    private async Task SaveAsync(StoreTransaction transaction, List<JoinedRecord> changed)
    {
        var rows = new List<RecordRow>(changed.Count);
        foreach (JoinedRecord record in changed.Where(r => !ReferenceEquals(r.History, r.Known)))
        {
            RecordRow row = RecordRow.Of(record.RecordKey, record.History!, record.Before + 1);
            bool same = record.Known is not null && row.History.AsSpan().SequenceEqual(StoredEvidence.BytesOf(record.Known));
            if (!same)
            {
                rows.Add(row);
                record.After = row.Revision;
            }
        }

        List<RecordRow> added = rows.FindAll(r => r.Revision == 1);
        List<RecordRow> updated = rows.FindAll(r => r.Revision > 1);
        Demand(added.Count, await transaction.ExecuteRowsAsync(_sql.Add, RecordStatements.Row, added));
        Demand(updated.Count, await transaction.ExecuteRowsAsync(_sql.Update, RecordStatements.Row, updated));
        histories.Keep(transaction, [.. rows.Select(r => r.Decoded)]);
    }

    private static void Demand(int expected, int saved)
    {
        if (saved != expected)
        {
            throw new StaleRevisionException("a source record was changed by another writer");
        }
    }

    private sealed record RecordRevision
    {
        public string RecordKey { get; init; } = "";

        public long Revision { get; init; }
    }
}
