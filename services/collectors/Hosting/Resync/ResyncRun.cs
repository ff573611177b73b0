using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// One question to one source, to its end or its failure. Each page is one transaction: its documents, like pushes, its
/// watermark, and what tells the reconciler that the instance was heard. What is known already is not kept again.
/// </summary>
internal sealed class ResyncRun(
    Collector collector, ResyncSource source, WatermarkLog watermarks, TimeProvider clock, ILogger logger, Random random)
{
    /// <summary>The header that marks what a resync fetched; a push can't have it.</summary>
    public const string Mark = KeptHeaders.Fetched;

    private const int PageLimit = 10_000;
    private const double Jitter = 0.1;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);
    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks; returns when the claim has ended.</summary>
    /// <param name="claim">The right to ask.</param>
    /// <param name="failures">How often in a row it failed before.</param>
    /// <param name="cancellationToken">The process stops.</param>
    public async Task AskAsync(Claim claim, long failures, CancellationToken cancellationToken)
    {
        int kept = 0;
        try
        {
            SourceQuestion question = await watermarks.QuestionAsync(claim, cancellationToken);
            DateTimeOffset heard = clock.GetUtcNow();
            int pages = 0;
            bool goesOn = false;
            await foreach (SourcePage page in source.Client.AskAsync(question, cancellationToken))
            {
                if (await KeepAsync(claim, page, heard, cancellationToken) is not { } added)
                {
                    // Another process took over.
                    return;
                }

                kept += added;
                heard = clock.GetUtcNow();
                goesOn = page.GoesOn;
                if (++pages == PageLimit)
                {
                    goesOn = true;
                    break;
                }
            }

            DateTimeOffset now = clock.GetUtcNow();
            DateTimeOffset due = goesOn ? now : claim.StartedAt + Jittered(TimeSpan.FromSeconds(source.Options.EverySeconds));
            await watermarks.SucceedAsync(claim, heard, now, due > now ? due : now);
            collector.Metrics.Resynced(source.Name, "answered", kept);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await watermarks.ReleaseAsync(claim);
            throw;
        }
        catch (Exception e) when (collector.Store.IsTransient(e))
        {
            // Our trouble, not the source's.
            await watermarks.ReleaseAsync(claim);
            throw;
        }
        catch (Exception e)
        {
            await FailAsync(claim, failures, e, kept);
        }
    }

    private async Task FailAsync(Claim claim, long failures, Exception e, int kept)
    {
        // Only our own words are kept: another exception's may quote the answer.
        SourceException failure = e as SourceException
            ?? new SourceException(SourceTrouble.Internal, $"the client failed ({e.GetType().Name})", e);
        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan pause = Pause(failure, failures);
        string trouble = WireNames.Of(failure.Trouble);
        if (failure.Trouble == SourceTrouble.Internal)
        {
            logger.LogError("Resync {Source}: {Reason} {StackTrace}", source.Name, failure.Message, e.StackTrace);
        }
        else
        {
            logger.LogWarning("Resync {Source}: {Trouble}: {Reason}; asked again in {Pause}", source.Name, trouble, failure.Message, pause);
        }

        await watermarks.FailAsync(claim, trouble, failure.Message, now, now + pause);
        collector.Metrics.Resynced(source.Name, trouble, kept);
    }

    private TimeSpan Pause(SourceException failure, long failures)
    {
        var every = TimeSpan.FromSeconds(source.Options.EverySeconds);
        TimeSpan growing = FirstPause * (1L << (int)Math.Min(failures, 10));
        TimeSpan pause = Jittered(growing < every ? growing : every);

        // Never earlier than the source asked, and not for ever: a header may hold anything.
        TimeSpan asked = failure.RetryAfter ?? TimeSpan.Zero;
        asked = asked < LongestPause ? asked : LongestPause;
        return pause > asked ? pause : asked;
    }

    private TimeSpan Jittered(TimeSpan time) => time * (1 - Jitter + (2 * Jitter * random.NextDouble()));

    private async Task<int?> KeepAsync(Claim claim, SourcePage page, DateTimeOffset heard, CancellationToken cancellationToken)
    {
        while (collector.Load.IsFull)
        {
            await Task.Delay(RoomPause, clock, cancellationToken);
        }

        DateTimeOffset now = clock.GetUtcNow();
        Notification[] notifications = [.. page.Documents.Select(d => Notification(d, now))];
        int added = 0;
        bool mine = await collector.Store.WriteAsync(
            async tx =>
            {
                added = 0;
                if (!await watermarks.ProceedAsync(tx, claim, page, heard, now))
                {
                    return false;
                }

                foreach (Notification notification in notifications)
                {
                    added += await collector.Log.KeepFetchedAsync(tx, notification, KeptHeaders.VariantOf(notification)) ? 1 : 0;
                }

                await collector.Outbox.EnqueueAsync(tx, [.. page.Heard.Select(instance => HeardInstances.Message(collector.Source, instance, heard))]);
                return true;
            },
            cancellationToken);
        if (added > 0)
        {
            collector.Load.Waiting(added);
            collector.Received.Give();
        }

        return mine ? added : null;
    }

    private Notification Notification(FetchedDocument document, DateTimeOffset now) => new()
    {
        Source = collector.Source,
        Format = document.Format,
        Body = document.Body,
        ReceivedAt = now,
        Headers = new SortedDictionary<string, string>(document.Headers.ToDictionary(), StringComparer.Ordinal) { [Mark] = source.Name },
        Instance = source.Options.Instance ?? collector.InstanceOf(document.Format),
    };
}
