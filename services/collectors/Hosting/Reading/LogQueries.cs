using System.Globalization;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Reading;

/// <summary>Reads the notification log for people. Each query sees one committed snapshot.</summary>
internal sealed class LogQueries(IStore store)
{
    private const string Duplicate = "duplicate";

    private readonly NotificationStatements _sql = NotificationStatements.For(store.Engine);

    /// <summary>One delivery with its first items; null when there is none with that id.</summary>
    public Task<NotificationView?> FindAsync(long deliveryId, int itemLimit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async s =>
            {
                DeliveryRow? row = await s.SingleOrDefaultAsync<DeliveryRow>(_sql.SelectDelivery, new { id = deliveryId });
                if (row is null)
                {
                    return null;
                }

                IReadOnlyList<ItemRow> items = await s.QueryAsync<ItemRow>(_sql.SelectItems, new
                {
                    outcome = (string?)null, id = (long?)row.NotificationId, afterId = 0L, afterIndex = -1L, limit = itemLimit,
                });
                return new NotificationView
                {
                    IntakeId = row.DeliveryId.ToString(CultureInfo.InvariantCulture),
                    NotificationSha256 = row.Sha256,
                    Format = row.Format,
                    ReceivedAt = row.ReceivedAt,
                    State = row.State,
                    Deliveries = row.Deliveries,
                    Redelivery = row.DeliveryId != row.FirstDeliveryId,
                    Quarantined = row.Failed,
                    BodyReleasedAt = row.ReleasedAt,
                    ItemCount = row.Items,
                    Items = [.. items.Select(i => i.View)],
                };
            },
            cancellationToken);

    /// <summary>A page of items, in the order of receipt.</summary>
    public async Task<ItemPage> ItemsAsync(
        string? outcome, ItemCursor after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<ItemRow> rows = await store.ReadAsync(
            s => s.QueryAsync<ItemRow>(_sql.SelectItems, new
            {
                outcome,
                id = (long?)null,
                afterId = after.NotificationId,
                afterIndex = after.ItemIndex,
                limit = limit + 1,
            }),
            cancellationToken);
        ItemRow[] page = [.. rows.Take(limit)];
        string? next = rows.Count > limit ? new ItemCursor(page[^1].NotificationId, page[^1].ItemIndex).ToString() : null;
        return new ItemPage([.. page.Select(i => i.View)], next);
    }

    /// <summary>All counts, of one snapshot.</summary>
    public Task<CountsView> CountAsync(string source, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async s =>
            {
                CountRow total = await s.SingleAsync<CountRow>(_sql.CountNotifications);
                IReadOnlyList<OutcomeCountRow> outcomes = await s.QueryAsync<OutcomeCountRow>(_sql.CountItems);
                var byOutcome = new SortedDictionary<string, long>(StringComparer.Ordinal);
                foreach (string outcome in WireNames.All<NormaliseOutcome>())
                {
                    byOutcome[outcome] = outcomes.SingleOrDefault(o => o.Outcome == outcome)?.Items ?? 0;
                }

                byOutcome[Duplicate] = total.Duplicates;
                return new CountsView
                {
                    Source = source,
                    Notifications = total.Notifications,
                    Contents = total.Contents,
                    Waiting = total.Waiting,
                    Items = total.Items,
                    ByOutcome = byOutcome,
                    Dropped = await s.SingleAsync<long>(_sql.CountDropped),
                    Unpublished = await s.SingleAsync<long>(_sql.CountUnpublished),
                };
            },
            cancellationToken);

    private sealed record DeliveryRow
    {
        public long DeliveryId { get; init; }

        public long FirstDeliveryId { get; init; }

        public long NotificationId { get; init; }

        public DateTimeOffset ReceivedAt { get; init; }

        public string Sha256 { get; init; } = "";

        public string Format { get; init; } = "";

        public string State { get; init; } = "";

        public long Deliveries { get; init; }

        public long Items { get; init; }

        public bool Failed { get; init; }

        public DateTimeOffset? ReleasedAt { get; init; }
    }

    private sealed record ItemRow
    {
        public long NotificationId { get; init; }

        public string Sha256 { get; init; } = "";

        public string Format { get; init; } = "";

        public int ItemIndex { get; init; }

        public string Outcome { get; init; } = "";

        public string? Reason { get; init; }

        public string? Pointer { get; init; }

        public ItemView View => new(Sha256, Format, ItemIndex, Outcome, Reason, Pointer);
    }

    private sealed record CountRow
    {
        public long Notifications { get; init; }

        public long Contents { get; init; }

        public long Waiting { get; init; }

        public long Items { get; init; }

        public long Duplicates { get; init; }
    }

    private sealed record OutcomeCountRow
    {
        public string Outcome { get; init; } = "";

        public long Items { get; init; }
    }
}
