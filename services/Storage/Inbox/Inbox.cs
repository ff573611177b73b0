namespace ReleaseIntegrity.Storage;

/// <summary>
/// What a consumer has processed already, recorded in the same transaction as what it made of it: a message that is
/// delivered again changes nothing, and can be confirmed again.
/// <para>
/// Concurrency: of two transactions that record one message, one sees it as new. Failure: the record is undone with
/// its transaction. Kept for as long as a re-send is thinkable; a message older than <see cref="PurgeAsync"/> allows
/// is taken as new, so what it does should be idempotent by itself.
/// </para>
/// </summary>
/// <param name="Consumer">Name of the consumer; each one of a store has an inbox of its own.</param>
public sealed record Inbox(string Consumer)
{
    private static readonly RowShape<Guid> Ids = RowShape.Of<Guid>("id_list").Id("value", id => id);

    /// <summary>Records one message; false when it has been processed before.</summary>
    public async Task<bool> TryRecordAsync(StoreTransaction transaction, Guid messageId, DateTimeOffset now) =>
        (await RecordAsync(transaction, [messageId], now)).Count == 1;

    /// <summary>Records many messages; returns those that have not been processed before, each once.</summary>
    public async Task<IReadOnlySet<Guid>> RecordAsync(
        StoreTransaction transaction, IEnumerable<Guid> messageIds, DateTimeOffset now)
    {
        IReadOnlyList<Guid> fresh = await transaction.QueryRowsAsync<Guid, Guid>(
            InboxStatements.For(transaction.Engine).Record, Ids, [.. messageIds.Distinct()], ("consumer", Consumer), ("now", now));
        return fresh.ToHashSet();
    }

    /// <summary>Forgets messages processed before an instant; returns how many.</summary>
    public Task<int> PurgeAsync(StoreTransaction transaction, DateTimeOffset before) =>
        transaction.ExecuteAsync(
            "delete from inbox where consumer = @Consumer and processed_at < @before", new { Consumer, before });
}

/// <summary>The inbox's SQL, per engine. On SQL Server a race shows as a duplicate key, and the write is run again.</summary>
internal sealed record InboxStatements(string Record)
{
    public static InboxStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly InboxStatements Sqlite = new(
        """
        insert into inbox (consumer, message_id, processed_at) values (@consumer, @value, @now)
        on conflict (consumer, message_id) do nothing
        returning message_id
        """);

    private static readonly InboxStatements SqlServer = new(
        """
        insert into inbox (consumer, message_id, processed_at)
        output inserted.message_id
        select @consumer, r.value, @now from @rows r
        where not exists (select 1 from inbox i where i.consumer = @consumer and i.message_id = r.value)
        """);
}
