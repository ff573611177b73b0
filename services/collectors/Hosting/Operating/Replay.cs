using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Collectors.Hosting.Normalising;
using ReleaseIntegrity.Collectors.Hosting.Reading;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Operating;

/// <summary>
/// Reads kept notifications with the current mappings, says which items change, and has those contents read again if asked
/// to. A content that the current mapping version has read already does not change: a mapping raises its version with every
/// change, and of two readings of an item the one with the greater version counts.
/// </summary>
internal sealed class Replay(Collector collector)
{
    private const int ContentsPerAnswer = 1000;
    private const int ContentsAtOnce = 100;
    private const int LongestAnswer = 1000;

    private readonly OperatingStatements _sql = OperatingStatements.For(collector.Store.Engine);

    /// <summary>Looks at the next contents that were received within a time, and does what is asked.</summary>
    public async Task<ReplayView> RunAsync(DateTimeOffset from, DateTimeOffset to, long after, bool apply, CancellationToken cancellationToken)
    {
        IReadOnlyList<long> ids = await collector.Store.ReadAsync(
            s => s.QueryAsync<long>(_sql.SelectReceived, new { after, since = from, until = to, limit = ContentsPerAnswer }), cancellationToken);
        long current = 0, released = 0;
        List<long> changed = [];
        List<ReplayedItem> items = [];
        foreach (long[] portion in ids.Chunk(ContentsAtOnce))
        {
            foreach (Compared content in await CompareAsync(portion, cancellationToken))
            {
                current += content.IsCurrent ? 1 : 0;
                released += content.IsReleased ? 1 : 0;
                if (content.Changes.Count > 0)
                {
                    changed.Add(content.Id);
                    items.AddRange(content.Changes);
                }
            }
        }

        if (apply && changed.Count > 0)
        {
            int waiting = await collector.Store.WriteAsync(
                tx => tx.ExecuteAsync(_sql.RenormaliseContents, new { ids = tx.Keys(changed) }), cancellationToken);
            collector.Load.Waiting(waiting);
            collector.Received.Give();
        }

        return new ReplayView
        {
            Applied = apply,
            Contents = ids.Count,
            Current = current,
            Released = released,
            Changed = changed.Count,
            Changes = new SortedDictionary<string, long>(
                items.CountBy(i => $"{i.Before} → {i.After}").ToDictionary(c => c.Key, c => (long)c.Value), StringComparer.Ordinal),
            Items = [.. items.Take(LongestAnswer)],
            Next = ids.Count == ContentsPerAnswer ? new ItemCursor(ids[^1], 0).ToString() : null,
        };
    }

    private async Task<IReadOnlyList<Compared>> CompareAsync(long[] ids, CancellationToken cancellationToken)
    {
        (IReadOnlyList<NotificationRow> contents, ILookup<long, ItemRow> items) = await collector.Store.ReadAsync(
            async s => (
                await s.QueryAsync<NotificationRow>(_sql.SelectContents, new { ids = s.Keys(ids) }),
                (await s.QueryAsync<ItemRow>(_sql.SelectItems, new { ids = s.Keys(ids) })).ToLookup(i => i.NotificationId)),
            cancellationToken);
        return [.. contents.Select(c => Compare(c, [.. items[c.NotificationId]]))];
    }

    private Compared Compare(NotificationRow content, ItemRow[] before)
    {
        INormalizer? normaliser = collector.Normalisers.GetValueOrDefault(content.Format);
        if (normaliser is null || (content.MappingVersion >= normaliser.MappingVersion && !content.Failed))
        {
            return new Compared(content.NotificationId, []) { IsCurrent = true };
        }

        if (content.ReleasedAt is not null)
        {
            return new Compared(content.NotificationId, []) { IsReleased = true };
        }

        KeptNotification kept = content.Kept(collector.Source);
        NormalisedNotification read = NotificationReading.Read(
            kept, normaliser, collector.Partitions, collector.Options.ObservationsPerMessage, out Exception? failure);
        IReadOnlyList<NormalisedItem> says = failure is null ? normaliser.Normalise(kept.Notification) : [];
        List<ReplayedItem> changes = [];
        for (int i = 0; i < Math.Max(before.Length, read.Items.Count); i++)
        {
            ItemRow? old = i < before.Length ? before[i] : null;
            OutcomeRow? now = i < read.Items.Count ? read.Items[i] : null;
            string outcome = now is null ? "none" : WireNames.Of(now.Outcome);
            if (old?.Outcome != outcome || old.Reason != now?.Reason || old.Pointer != now?.Pointer || old.ContentSha256 != now?.ContentSha256)
            {
                changes.Add(new ReplayedItem(
                    new ItemCursor(content.NotificationId, i).ToString(), content.Format, old?.Outcome ?? "none", outcome,
                    now?.Reason, now?.Pointer, i < says.Count && says[i] is NormalisedItem.Observed(var observation) ? observation : null));
            }
        }

        return new Compared(content.NotificationId, changes);
    }

    private sealed record Compared(long Id, IReadOnlyList<ReplayedItem> Changes)
    {
        public bool IsCurrent { get; init; }

        public bool IsReleased { get; init; }
    }

    private sealed record ItemRow
    {
        public long NotificationId { get; init; }

        public string Outcome { get; init; } = "";

        public string? Reason { get; init; }

        public string? Pointer { get; init; }

        public string? ContentSha256 { get; init; }
    }
}
