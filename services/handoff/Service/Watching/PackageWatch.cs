using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Watching;

/// <summary>One client's watch: first what the store has after the resume token, then what the tail brings.</summary>
internal sealed class PackageWatch(
    HandoffStore store, PackageTail tail, TimeProvider clock, string storeId, string? tupleId, RepositoryScope scope, TimeSpan heartbeat, bool binary = false)
{
    private const int BatchSize = 50;

    /// <summary>Runs until the client leaves, falls behind, or the service stops.</summary>
    public async Task RunAsync(
        long after, IServerStreamWriter<WatchCorrectionPackagesResponse> responses, CancellationToken cancellationToken)
    {
        using Subscription subscription = await tail.SubscribeAsync(cancellationToken);
        long position = await CatchUpAsync(after, subscription.JoinedAt, responses, cancellationToken);
        while (true)
        {
            if (!await WaitAsync(subscription, cancellationToken))
            {
                await responses.WriteAsync(Heartbeat(position), cancellationToken);
                continue;
            }

            while (subscription.Changes.TryRead(out PackageChange? change))
            {
                // A token may come from beyond the moment of joining, where another process had written already.
                if (change.Sequence > position)
                {
                    position = change.Sequence;
                    await SendAsync(change, responses, cancellationToken);
                }
            }
        }
    }

    /// <summary>A package that changes meanwhile moves on in the sequence and comes through the tail instead.</summary>
    private async Task<long> CatchUpAsync(
        long after, long upTo, IServerStreamWriter<WatchCorrectionPackagesResponse> responses, CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<PackageRow> rows = await store.ReadAsync(
                snapshot => HandoffQueries.ChangesAsync(snapshot, tupleId, after, upTo, BatchSize), cancellationToken);
            foreach (PackageRow row in rows)
            {
                await SendAsync(tail.Change(row), responses, cancellationToken);
            }

            if (rows.Count < BatchSize)
            {
                return Math.Max(after, upTo);
            }

            after = rows[^1].Sequence;
        }
    }

    private async Task SendAsync(
        PackageChange change, IServerStreamWriter<WatchCorrectionPackagesResponse> responses, CancellationToken cancellationToken)
    {
        if ((tupleId is null || tupleId == change.TupleId) && scope.Includes(change.Tuple))
        {
            await responses.WriteAsync(
                new WatchCorrectionPackagesResponse { ResumeToken = Tokens.Resume(storeId, change.Sequence), Package = (binary ? change.Serialised : change.Package).Value },
                cancellationToken);
        }
    }

    /// <summary>Whether something came within the heartbeat interval.</summary>
    private async Task<bool> WaitAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(heartbeat, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await subscription.Changes.WaitToReadAsync(either.Token)
                ? true
                : throw ApiErrors.Stopping();
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private WatchCorrectionPackagesResponse Heartbeat(long position) => new()
    {
        ResumeToken = Tokens.Resume(storeId, position),
        Heartbeat = new Heartbeat { ServerTime = Timestamp.FromDateTimeOffset(clock.GetUtcNow()) },
    };
}
