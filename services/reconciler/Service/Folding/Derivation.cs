using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Keeps the derived tables those of the policy: histories depend on its clocks, bindings on its aliases, ledgers on all
/// of it. When the policy (or how we derive) changed since the last start, everything is derived from the observations
/// anew and every tuple reconciled, before anything is folded. A crash in between goes on at the next start.
/// </summary>
public sealed class Derivation(
    IStore store, IEvidenceStore evidence, Folder folder, Policy policy, ILogger<Derivation> logger) : IHostedService, IDisposable
{
    /// <summary>Raised whenever the same observations derive to other rows.</summary>
    private const int Version = 1;
    private const int PageLimit = 50;
    private const string TuplesPending = "/tuples-pending";

    private readonly SemaphoreSlim _once = new(1, 1);
    private readonly string _stamp = $"{Version}/{policy.Digest}";
    private volatile bool _done;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => EnsureAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns when the derived tables are up to date; at once after the first time.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_done)
        {
            return;
        }

        await _once.WaitAsync(cancellationToken);
        try
        {
            if (!_done)
            {
                await DeriveAsync(cancellationToken);
                _done = true;
            }
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    private async Task DeriveAsync(CancellationToken cancellationToken)
    {
        string? stamp = await store.ReadAsync(evidence.StampAsync, cancellationToken);
        if (stamp == _stamp)
        {
            return;
        }

        if (stamp != _stamp + TuplesPending)
        {
            if (stamp is not null)
            {
                logger.LogInformation("The policy changed: all evidence is derived anew");
            }

            await store.WriteAsync(
                async transaction =>
                {
                    await evidence.DeriveAsync(transaction);
                    await evidence.SetStampAsync(transaction, _stamp + TuplesPending);
                },
                cancellationToken);
        }

        string after = "";
        while (true)
        {
            IReadOnlyList<string> page = await store.ReadAsync(
                snapshot => evidence.TupleKeysAsync(snapshot, after, PageLimit), cancellationToken);
            if (page.Count == 0)
            {
                break;
            }

            await folder.ReconcileAsync(page, cancellationToken);
            after = page[^1];
        }

        await store.WriteAsync(transaction => evidence.SetStampAsync(transaction, _stamp), cancellationToken);
    }
}
