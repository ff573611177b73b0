using System.Text;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Collectors.Hosting.Reading;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Collectors.Hosting.Operating;

/// <summary>
/// Rejected items: looked at, read again, or dropped. A dropped item stays rejected and on record, with the reason; it is
/// not read again with others, only by its own id. Any number of callers; each call is one transaction.
/// </summary>
internal sealed class QuarantinedItems(Collector collector, TimeProvider clock)
{
    private readonly OperatingStatements _sql = OperatingStatements.For(collector.Store.Engine);

    /// <summary>A page of them, in the order of receipt.</summary>
    /// <param name="reason">Of this reason only.</param>
    /// <param name="dropped">Those that were dropped, or those that wait.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<QuarantinePage> ListAsync(string? reason, bool dropped, ItemCursor after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<QuarantinedRow> rows = await collector.Store.ReadAsync(
            s => s.QueryAsync<QuarantinedRow>(_sql.SelectRejected, Parameters(null, reason, dropped, after, limit + 1)), cancellationToken);
        QuarantinedItem[] page = [.. rows.Take(limit).Select(r => r.View)];
        return new QuarantinePage(page, rows.Count > limit ? page[^1].Item : null);
    }

    /// <summary>How many wait, by reason; the most frequent first.</summary>
    public Task<IReadOnlyList<QuarantineReason>> ReasonsAsync(int limit, CancellationToken cancellationToken) => collector.Store.ReadAsync<IReadOnlyList<QuarantineReason>>(
        async s => [.. (await s.QueryAsync<ReasonRow>(_sql.SelectReasons, new { limit })).Select(r => new QuarantineReason(r.Reason, r.Format, r.Items))],
        cancellationToken);

    /// <summary>One, with what was received; null when no rejected item has this id.</summary>
    public Task<QuarantinedRaw?> FindAsync(ItemCursor item, CancellationToken cancellationToken) => collector.Store.ReadAsync(
        async s =>
        {
            QuarantinedRow? row = await s.SingleOrDefaultAsync<QuarantinedRow>(
                _sql.SelectRejected, Parameters(item, null, null, new ItemCursor(0, -1), 1));
            if (row is null)
            {
                return null;
            }

            return Raw(row.View, await s.SingleAsync<NotificationRow>(_sql.SelectContents, new { ids = s.Keys([item.NotificationId]) }));
        },
        cancellationToken);

    /// <summary>Has the contents of items read again with the current mapping; returns how many. A dropped one is taken back by its own id.</summary>
    public async Task<long> RenormaliseAsync(ItemCursor? item, string? reason, CancellationToken cancellationToken)
    {
        int contents = await collector.Store.WriteAsync(
            async tx =>
            {
                if (item is { } one)
                {
                    await tx.ExecuteAsync(_sql.Undrop, new { id = one.NotificationId, index = one.ItemIndex });
                }

                return await tx.ExecuteAsync(_sql.RenormaliseChosen, new { id = item?.NotificationId, index = item?.ItemIndex, reason });
            },
            cancellationToken);
        collector.Load.Waiting(contents);
        collector.Received.Give();
        return contents;
    }

    /// <summary>Drops items; returns how many were not dropped before.</summary>
    public async Task<long> DropAsync(ItemCursor? item, string? reason, string why, CancellationToken cancellationToken) => await collector.Store.WriteAsync(
        tx => tx.ExecuteAsync(_sql.Drop, new { id = item?.NotificationId, index = item?.ItemIndex, reason, why, now = clock.GetUtcNow() }),
        cancellationToken);

    private static object Parameters(ItemCursor? item, string? reason, bool? dropped, ItemCursor after, int limit) => new
    {
        id = item?.NotificationId,
        index = item?.ItemIndex,
        reason,
        dropped = dropped is { } only ? (only ? 1 : 0) : (int?)null,
        afterId = after.NotificationId,
        afterIndex = after.ItemIndex,
        limit,
    };

    private static QuarantinedRaw Raw(QuarantinedItem item, NotificationRow kept)
    {
        var headers = JsonSerializer.Deserialize(kept.Headers, ContractsJson.Default.IReadOnlyDictionaryStringString)!;
        try
        {
            return new QuarantinedRaw(item, headers, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(kept.Body), null);
        }
        catch (DecoderFallbackException)
        {
            return new QuarantinedRaw(item, headers, null, Convert.ToBase64String(kept.Body));
        }
    }

    private sealed record ReasonRow
    {
        public string? Reason { get; init; }

        public string Format { get; init; } = "";

        public long Items { get; init; }
    }

    private sealed record QuarantinedRow
    {
        public long NotificationId { get; init; }

        public string Sha256 { get; init; } = "";

        public string Format { get; init; } = "";

        public DateTimeOffset ReceivedAt { get; init; }

        public bool Failed { get; init; }

        public int ItemIndex { get; init; }

        public string? Reason { get; init; }

        public string? Pointer { get; init; }

        public string? DropReason { get; init; }

        public DateTimeOffset? DroppedAt { get; init; }

        public QuarantinedItem View => new()
        {
            Item = new ItemCursor(NotificationId, ItemIndex).ToString(),
            NotificationSha256 = Sha256,
            Format = Format,
            ReceivedAt = ReceivedAt,
            Reason = Reason,
            Pointer = Pointer,
            Failed = Failed,
            Dropped = DropReason,
            DroppedAt = DroppedAt,
        };
    }
}
