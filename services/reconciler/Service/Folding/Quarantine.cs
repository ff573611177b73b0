using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Messages that could not be folded even alone: kept whole with the reason, so that they block nobody, and tried again,
/// at first after a minute, then more and more seldom down to once an hour. A message here is a defect of ours.
/// </summary>
public sealed class Quarantine(
    IStore store, Folder folder, Timers timers, TimeProvider clock, ReconcilerMetrics metrics, ILogger<Quarantine> logger)
    : ITimerHandler
{
    private const int ListLimit = 1000;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    private readonly QuarantineStatements _sql = QuarantineStatements.For(store.Engine);

    /// <inheritdoc/>
    public string Kind => "quarantine";

    /// <summary>Keeps a message, and has the inbox know it: sending it again changes nothing.</summary>
    public async Task TakeAsync(FoldMessage message, Exception failure, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();

        // Not the exception's message: it may quote the evidence.
        string reason = failure.GetType().Name;
        logger.LogError(
            "Message {MessageId} of notification {Notification} could not be folded and is quarantined: {Exception} {StackTrace}",
            message.Id, message.Message.NotificationSha256, reason, failure.StackTrace);
        await store.WriteAsync(
            async transaction =>
            {
                if (!await Folder.Inbox.TryRecordAsync(transaction, message.Id, now))
                {
                    return;
                }

                await transaction.ExecuteAsync(
                    _sql.Insert, new { message.Id, body = MessageTypes.Serialise(message.Message), reason, now });
                await timers.SetAsync(transaction, new TimerRow(Kind, message.Id.ToString("D"), now + FirstRetry));
            },
            cancellationToken);
        metrics.Quarantined();
    }

    /// <summary>What is kept, oldest first, at most 1,000.</summary>
    public Task<IReadOnlyList<QuarantinedMessage>> ListAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(
            snapshot => snapshot.QueryAsync<QuarantinedMessage>(_sql.List, new { limit = ListLimit }), cancellationToken);

    /// <inheritdoc/>
    public async Task FireAsync(TimerRow timer, CancellationToken cancellationToken)
    {
        QuarantinedBody? kept = await store.ReadAsync(
            snapshot => snapshot.SingleOrDefaultAsync<QuarantinedBody>(
                _sql.Load, new { timer.Key }),
            cancellationToken);
        if (kept is null)
        {
            return;
        }

        try
        {
            var message = (ObservationsNormalised)MessageTypes.Deserialise(MessageTypes.NameOf<ObservationsNormalised>(), kept.Body);
            await folder.FoldQuarantinedAsync(
                message,
                transaction => transaction.ExecuteAsync(_sql.Delete, new { timer.Key }),
                cancellationToken);
            logger.LogInformation("Message {MessageId} left quarantine", timer.Key);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan delay = FirstRetry * Math.Pow(2, Math.Min(kept.Attempts, 10));
            await PutOffAsync(timer, e, delay < LongestRetry ? delay : LongestRetry, cancellationToken);
        }
    }

    private Task PutOffAsync(TimerRow timer, Exception failure, TimeSpan delay, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return store.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(
                    _sql.PutOff, new { timer.Key, now, reason = failure.GetType().Name });
                await timers.SetAsync(transaction, timer with { DueAt = now + delay });
            },
            cancellationToken);
    }

    private sealed record QuarantinedBody
    {
        public byte[] Body { get; init; } = [];

        public int Attempts { get; init; }
    }
}

/// <summary>One message in quarantine.</summary>
public sealed record QuarantinedMessage
{
    /// <summary>The bus message's id.</summary>
    public Guid MessageId { get; init; }

    /// <summary>The kind of failure, without any value.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>When it failed last, UTC.</summary>
    public DateTimeOffset FailedAt { get; init; }
}
