using ReleaseIntegrity.Core;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Keeps the derived tables those of the policy: histories depend on its clocks, bindings on its aliases, ledgers on all
/// of it. When the policy (or how we derive) changed since the last start, everything is derived from the observations
/// anew and every tuple reconciled, before anything is folded. A crash in between goes on at the next start.
/// <para>
/// Where several reconcilers share the store, one of them derives and the others wait. As long as one of them runs, the
/// store is held for its policy: a reconciler with another one waits, takes no observations, and says what to do. So a
/// replica that was started with the wrong policy disturbs nobody, and a change takes effect when the last reconciler
/// with the old policy has stopped. One that was suspended for so long that another policy took over ends.
/// </para>
/// </summary>
public sealed class Derivation(
    IStore store, IEvidenceStore evidence, Folder folder, Policy policy, TimeProvider clock, ILogger<Derivation> logger)
    : BackgroundService, IPartitionGate
{
    /// <summary>For how long the store is held without a sign of life.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(20);

    private const int PageLimit = 50;
    private static readonly TimeSpan HeldEvery = HeldFor / 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _once = new(1, 1);
    private readonly DerivationMark _mark = new(store.Engine);
    private readonly DerivationStamp _stamp = DerivationStamp.Of(policy);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _missing = "the evidence has not been looked at yet";

    private enum Turn
    {
        /// <summary>The derived tables are up to date.</summary>
        None,

        /// <summary>The records are derived, and the tuples are to be reconciled: by this process.</summary>
        Tuples,

        /// <summary>Another process has the turn.</summary>
        Wait,
    }

    /// <summary>Why nothing can be folded now, and what to do about it; null where it can.</summary>
    public string? Missing => _missing;

    /// <summary>Returns when the derived tables are up to date; at once after the first time.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_done.Task.IsCompleted)
        {
            return;
        }

        await _once.WaitAsync(cancellationToken);
        try
        {
            if (!_done.Task.IsCompleted)
            {
                await DeriveAsync(cancellationToken);
                _missing = null;
                _done.SetResult();
            }
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancellationToken) => _done.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _once.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EnsureAsync(stoppingToken);
                if (!store.IsShared)
                {
                    return;
                }

                await Task.Delay(HeldEvery, clock, stoppingToken);
                await HoldAsync(_stamp.Done, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (OtherPolicyException e)
            {
                _missing = e.Message;
                logger.LogCritical("{Reason}", e.Message);
                throw;
            }
            catch (Exception e)
            {
                // Its transaction may be waiting for one that derives.
                _missing ??= _done.Task.IsCompleted ? null : "the store does not answer";
                logger.LogWarning(e, "Derivation: the store failed; again in {Delay}", Pause);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task DeriveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await TakeTurnAsync(cancellationToken))
            {
                case Turn.None:
                    return;
                case Turn.Tuples:
                    try
                    {
                        await ReconcileAllAsync(cancellationToken);
                    }
                    catch (OtherPolicyException)
                    {
                        // It took longer than the store was held, and others went on: perhaps to the same end. The next turn knows.
                        logger.LogWarning("Derivation: another reconciler went on with it meanwhile");
                    }

                    break;
                default:
                    await Task.Delay(Pause, clock, cancellationToken);
                    break;
            }
        }
    }

    private async Task<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        long records = 0;
        return await store.WriteAsync(
            async transaction =>
            {
                DerivedWith? mark = await _mark.LockAsync(transaction);
                bool held = store.IsShared && mark?.HeldUntil > clock.GetUtcNow();
                if (mark?.Stamp == _stamp.Done)
                {
                    await DerivationMark.HoldAsync(transaction, _stamp.Done, clock.GetUtcNow() + HeldFor);
                    return Turn.None;
                }

                if (held)
                {
                    Say(mark!.Stamp == _stamp.TuplesPending
                        ? "another reconciler is deriving the evidence under this policy; this one waits for it"
                        : $"reconcilers run on this store under another policy or version ({DerivationStamp.Short(mark.Stamp)}, here {DerivationStamp.Short(_stamp.Done)}): start this one with the Reconciler:PolicyFile and version that they have, or stop them; {HeldFor.TotalSeconds:0} s after the last of them it takes over and derives everything anew");
                    return Turn.Wait;
                }

                if (mark?.Stamp != _stamp.TuplesPending)
                {
                    if (mark is not null)
                    {
                        Say("the policy or the derivation changed: all evidence is derived anew");
                    }

                    long of = await transaction.SingleAsync<long>(DerivationStatements.CountRecords);
                    await evidence.DeriveAsync(
                        transaction, derived => _missing = $"deriving {records += derived} of {of} records under the policy of this process");
                }

                await DerivationMark.SetAsync(transaction, _stamp.TuplesPending, clock.GetUtcNow() + HeldFor);
                return Turn.Tuples;
            },
            cancellationToken);
    }

    private async Task ReconcileAllAsync(CancellationToken cancellationToken)
    {
        long done = 0, of = await store.ReadAsync(s => s.SingleAsync<long>(DerivationStatements.CountTuples), cancellationToken);
        string after = "";
        while (true)
        {
            _missing = $"deriving {done} of {of} artifacts under the policy of this process";
            IReadOnlyList<string> page = await store.ReadAsync(
                snapshot => evidence.TupleKeysAsync(snapshot, after, PageLimit), cancellationToken);
            if (page.Count == 0)
            {
                break;
            }

            await folder.ReconcileAsync(page, cancellationToken);
            await HoldAsync(_stamp.TuplesPending, cancellationToken);
            after = page[^1];
            done += page.Count;
        }

        await store.WriteAsync(
            async transaction =>
            {
                await DemandHoldAsync(transaction, _stamp.TuplesPending);
                await DerivationMark.SetAsync(transaction, _stamp.Done, clock.GetUtcNow() + HeldFor);
            },
            cancellationToken);
    }

    private Task HoldAsync(string stamp, CancellationToken cancellationToken) =>
        store.WriteAsync((StoreTransaction transaction) => DemandHoldAsync(transaction, stamp), cancellationToken);

    private async Task DemandHoldAsync(StoreTransaction transaction, string stamp)
    {
        if (!await DerivationMark.HoldAsync(transaction, stamp, clock.GetUtcNow() + HeldFor))
        {
            throw new OtherPolicyException();
        }
    }

    private void Say(string missing)
    {
        if (_missing != missing)
        {
            _missing = missing;
            logger.LogWarning("{Reason}", missing);
        }
    }
}
