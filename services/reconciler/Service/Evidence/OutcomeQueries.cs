using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How stored items ended (<see cref="ItemOutcomes"/>), asked record by record.</summary>
internal sealed class OutcomeQueries(string engine, BindingTables bindings)
{
    private const int PageLimit = 500;

    private readonly RecordStatements _records = RecordStatements.For(engine);
    private readonly ObservationStatements _observations = ObservationStatements.For(engine);
    private readonly Deliveries _deliveries = new(engine);

    /// <summary>How every stored item of a notification ended.</summary>
    public async Task<IReadOnlyList<StoredItem>> OfNotificationAsync(StoreSnapshot snapshot, string notificationSha256)
    {
        var items = new List<StoredItem>();
        foreach (string recordKey in await snapshot.QueryAsync<string>(
            _observations.RecordsOfNotification, new { notificationSha256 }))
        {
            items.AddRange((await OfRecordAsync(snapshot, recordKey)).Where(i => i.NotificationSha256 == notificationSha256));
        }

        return [.. items.OrderBy(i => i.Format, StringComparer.Ordinal).ThenBy(i => i.ItemIndex)];
    }

    /// <summary>
    /// How many deliveries ended in each way. Reads all evidence: for checking that nothing was lost, not for dashboards.
    /// </summary>
    public async Task<IReadOnlyDictionary<ItemOutcome, long>> CountAsync(StoreSnapshot snapshot)
    {
        var counts = new Dictionary<ItemOutcome, long>
        {
            [ItemOutcome.Applied] = 0,
            [ItemOutcome.Superseded] = 0,
            [ItemOutcome.Duplicate] = 0,
            [ItemOutcome.Unbound] = 0,
        };
        string after = "";
        while (true)
        {
            IReadOnlyList<string> page =
                await snapshot.QueryAsync<string>(_records.Page, new { after, limit = PageLimit });
            if (page.Count == 0)
            {
                return counts;
            }

            foreach (string recordKey in page)
            {
                foreach (StoredItem item in (await OfRecordAsync(snapshot, recordKey)).Where(i => i.Deliveries > 0))
                {
                    counts[item.Outcome]++;
                    counts[ItemOutcome.Duplicate] += item.Deliveries - 1;
                }
            }

            after = page[^1];
        }
    }

    /// <summary>
    /// The notifications that a record rests on: what counts now, and what waits to be bound. A container that is over rests on
    /// none, since no ledger reads it.
    /// </summary>
    public async Task<IEnumerable<string>> FoundationsOfRecordAsync(StoreSnapshot snapshot, string recordKey)
    {
        RecordHistory history = await HistoryAsync(snapshot, recordKey);
        return RecordTables.IsRetired(history)
            ? []
            : (await OfRecordAsync(snapshot, recordKey, history))
                .Where(i => i.Outcome is ItemOutcome.Applied or ItemOutcome.Unbound)
                .Select(i => i.NotificationSha256);
    }

    private async Task<RecordHistory> HistoryAsync(StoreSnapshot snapshot, string recordKey) =>
        StoredEvidence.History(await snapshot.SingleAsync<byte[]>(_records.History, new { recordKey }));

    private async Task<IReadOnlyList<StoredItem>> OfRecordAsync(StoreSnapshot snapshot, string recordKey) =>
        await OfRecordAsync(snapshot, recordKey, await HistoryAsync(snapshot, recordKey));

    private async Task<IReadOnlyList<StoredItem>> OfRecordAsync(StoreSnapshot snapshot, string recordKey, RecordHistory history)
    {
        IReadOnlyList<StoredObservation> rows = await _deliveries.OfRecordsAsync(snapshot, [recordKey]);
        Observation[] observations = [.. rows.Select(r => r.Observation)];
        var bound = new HashSet<Observation>(ReferenceEqualityComparer.Instance);
        foreach (Observation observation in observations)
        {
            if (await bindings.IsBoundAsync(snapshot, observation))
            {
                bound.Add(observation);
            }
        }

        IReadOnlyList<ItemOutcome?> outcomes = ItemOutcomes.Of(observations, history, bound.Contains);
        return
        [
            .. rows.Zip(outcomes)
                .Where(p => p.Second is not null)
                .Select(p => new StoredItem(
                    p.First.NotificationSha256, p.First.Format, p.First.ItemIndex, p.Second!.Value, p.First.Deliveries)),
        ];
    }
}
