using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>Takes observations in: finds out which of them are known, and keeps the others.</summary>
internal sealed class Deliveries(string engine)
{
    private readonly ObservationStatements _sql = ObservationStatements.For(engine);

    /// <summary>All observations of records.</summary>
    public Task<IReadOnlyList<StoredObservation>> OfRecordsAsync(StoreSnapshot snapshot, IEnumerable<string> recordKeys) =>
        snapshot.QueryAsync<StoredObservation>(_sql.OfRecords, new { records = snapshot.Keys(recordKeys) });

    /// <summary>Keeps observations; returns each one once, in the order of first delivery.</summary>
    /// <param name="transaction">Where they are kept.</param>
    /// <param name="told">The observations as they were told, one after the other.</param>
    /// <param name="mayBeKnown">Records that were observed before; of others nothing can be known.</param>
    public async Task<IReadOnlyList<Delivery>> TakeAsync(
        StoreTransaction transaction,
        IReadOnlyCollection<Delivery> told,
        Func<string, bool> mayBeKnown)
    {
        List<Delivery> deliveries = Distinct(told);
        IReadOnlyList<KnownObservation> known = await transaction.QueryRowsAsync<Delivery, KnownObservation>(
            _sql.Known, ObservationStatements.Item, [.. deliveries.Where(d => mayBeKnown(d.RecordKey)).DistinctBy(d => d.Item)]);
        Judge(deliveries, known.ToLookup(k => k.Item));
        await transaction.ExecuteRowsAsync(
            _sql.Add, ObservationStatements.Row, [.. deliveries.Where(d => d.Arrival is Arrival.New or Arrival.Remapped)]);
        await transaction.ExecuteRowsAsync(
            _sql.Repeat, ObservationStatements.Repeated, [.. deliveries.Where(d => d.Arrival is Arrival.Known or Arrival.Earlier)]);
        return deliveries;
    }

    private static List<Delivery> Distinct(IReadOnlyCollection<Delivery> told)
    {
        var deliveries = new List<Delivery>();
        var byContent = new Dictionary<(string, string), Delivery>();
        foreach (Delivery delivery in told)
        {
            if (byContent.TryGetValue((delivery.RecordKey, delivery.Id), out Delivery? same))
            {
                same.Count += delivery.Count;
                same.ExtractedAt = delivery.ExtractedAt < same.ExtractedAt ? delivery.ExtractedAt : same.ExtractedAt;
            }
            else
            {
                byContent[(delivery.RecordKey, delivery.Id)] = delivery;
                deliveries.Add(delivery);
            }
        }

        return deliveries;
    }

    private static void Judge(List<Delivery> deliveries, ILookup<(string, string, string, int), KnownObservation> known)
    {
        var items = new HashSet<(string, string, string, int)>();
        foreach (Delivery delivery in deliveries)
        {
            bool first = items.Add(delivery.Item) && !known.Contains(delivery.Item);
            if (known[delivery.Item].FirstOrDefault(k => k.ObservationId == delivery.Id) is not { } same)
            {
                delivery.Arrival = first ? Arrival.New : Arrival.Remapped;
                continue;
            }

            bool earlier = delivery.ExtractedAt < same.ExtractedAt;
            delivery.Arrival = earlier ? Arrival.Earlier : Arrival.Known;
            delivery.ExtractedAt = earlier ? delivery.ExtractedAt : same.ExtractedAt;
        }
    }

    private sealed record KnownObservation
    {
        public string NotificationSha256 { get; init; } = "";

        public string RecordKey { get; init; } = "";

        public string Format { get; init; } = "";

        public int ItemIndex { get; init; }

        public string ObservationId { get; init; } = "";

        public DateTimeOffset ExtractedAt { get; init; }

        public (string, string, string, int) Item => (RecordKey, NotificationSha256, Format, ItemIndex);
    }
}

/// <summary>One stored observation.</summary>
internal sealed record StoredObservation
{
    public string RecordKey { get; init; } = "";

    public string NotificationSha256 { get; init; } = "";

    public string Format { get; init; } = "";

    public int ItemIndex { get; init; }

    public DateTimeOffset ExtractedAt { get; init; }

    public long Deliveries { get; init; }

    public byte[] Body { get; init; } = [];

    public Observation Observation => StoredEvidence.Observation(Body, ExtractedAt);
}
