using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// Who wants a source to be asked: a hint in a push, a person, a message. What is wanted is a row before anybody is woken,
/// so whichever process has the source's turn will ask.
/// </summary>
internal sealed class ResyncRequests(Collector collector, IReadOnlyList<ResyncSource> sources, TimeProvider clock) : IResyncListener
{
    private readonly WatermarkLog _watermarks = new(collector.Store);

    /// <summary>The sources that this collector asks.</summary>
    public IReadOnlyList<ResyncSource> Sources => sources;

    /// <summary>
    /// Notes what pushes ask for, with their outcomes. What a resync fetched asks for nothing: it would ask for ever.
    /// </summary>
    public async Task NoteAsync(StoreTransaction transaction, IReadOnlyList<ReadNotification> recorded)
    {
        if (sources.Count == 0)
        {
            return;
        }

        ReadNotification[] pushed = [.. recorded.Where(r => !r.Kept.Notification.Headers.ContainsKey(KeptHeaders.Fetched))];
        string[] tags = [.. pushed.SelectMany(r => r.Result.Tags)];
        OutcomeRow[] hints = [.. pushed.SelectMany(r => r.Result.Items).Where(i => i.Outcome == NormaliseOutcome.Hint)];
        foreach (ResyncSource source in tags.Length + hints.Length == 0 ? [] : sources)
        {
            await _watermarks.UnseeAsync(transaction, source.Name, tags.Where(t => source.MayBe(t.Split('/')[0])));
            string[] targets = [.. hints.Where(h => source.MayBe(h.Instance)).Select(h => h.Target ?? "")];
            if (targets.Length > 0)
            {
                await RequestAsync(transaction, source, targets, insists: false);
            }
        }
    }

    /// <summary>Asks the sources that an instance may mean; returns their configured names.</summary>
    /// <param name="instance">As configured, or as records name it; empty for all.</param>
    /// <param name="target">What to ask for by name; empty for whatever is new.</param>
    /// <param name="insists">Whether a person asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<string>> AskAsync(string instance, string target, bool insists, CancellationToken cancellationToken)
    {
        ResyncSource[] meant = [.. sources.Where(s => s.MayBe(instance))];
        if (meant.Length > 0)
        {
            await collector.Store.WriteAsync(
                async tx =>
                {
                    foreach (ResyncSource source in meant)
                    {
                        await RequestAsync(tx, source, [target], insists);
                    }
                },
                cancellationToken);
        }

        return [.. meant.Select(s => s.Name)];
    }

    /// <inheritdoc/>
    public Task HearAsync(ResyncRequested request, CancellationToken cancellationToken) => request.Source == collector.Source
        ? AskAsync(request.Instance, request.Target, insists: false, cancellationToken)
        : Task.CompletedTask;

    private async Task RequestAsync(StoreTransaction transaction, ResyncSource source, IReadOnlyCollection<string> targets, bool insists)
    {
        await _watermarks.RequestAsync(transaction, source.Name, targets, clock.GetUtcNow(), insists);
        transaction.OnCommitted(source.Wake.Give);
    }
}
