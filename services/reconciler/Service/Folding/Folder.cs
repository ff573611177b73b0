using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>A message to fold, with the id by which a repetition is known.</summary>
/// <param name="Id">The bus message's id.</param>
/// <param name="Message">The message.</param>
public sealed record FoldMessage(Guid Id, ObservationsNormalised Message);

/// <summary>
/// Folds observations into the evidence, reconciles every tuple that they concern once, and writes what changed together
/// with the messages that announce it: one transaction.
/// <para>
/// Concurrency: any number of folders, in any number of processes. Where two decide on one tuple, record or chain, one
/// finds a stale revision and folds its whole batch anew, a bounded number of times. Failure: all or nothing; the batch
/// may be folded again at any time, since the inbox knows what was folded and folding is idempotent. Nothing is folded into
/// what was derived under another policy: that is an <see cref="OtherPolicyException"/>.
/// </para>
/// </summary>
public sealed class Folder
{
    /// <summary>The name under which the inbox knows folded messages.</summary>
    public static readonly Inbox Inbox = new("fold");

    private const int AttemptLimit = 8;

    /// <summary>Bounds what of ledgers and packages is in memory at once.</summary>
    private const int TuplesAtOnce = 100;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(10);

    private readonly IStore _store;
    private readonly IEvidenceStore _evidence;
    private readonly Outbox _outbox;
    private readonly TupleFolding _tuples;
    private readonly DerivationMark _mark;
    private readonly string _stamp;
    private readonly TimeProvider _clock;
    private readonly ReconcilerMetrics _metrics;
    private readonly ILogger<Folder> _logger;
    private readonly Random _random;

    /// <summary>A folder on one store; <paramref name="settling"/> as in <see cref="ReconcilerOptions.PackageSettling"/>.</summary>
    public Folder(
        IStore store,
        IEvidenceStore evidence,
        Policy policy,
        Outbox outbox,
        Timers timers,
        TimeProvider clock,
        ReconcilerMetrics metrics,
        ILogger<Folder> logger,
        TimeSpan settling,
        Random? random = null)
    {
        _store = store;
        _evidence = evidence;
        _outbox = outbox;
        _tuples = new TupleFolding(evidence, policy, timers, settling);
        _mark = new DerivationMark(store.Engine);
        _stamp = DerivationStamp.Of(policy).Done;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _random = random ?? Random.Shared;
    }

    /// <summary>Folds messages; those that the inbox knows already change nothing.</summary>
    /// <exception cref="StaleRevisionException">Other writers were faster at every attempt.</exception>
    public async Task FoldAsync(IReadOnlyList<FoldMessage> messages, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        Folded folded = await RunAsync(
            async transaction =>
            {
                DateTimeOffset now = _clock.GetUtcNow();
                IReadOnlySet<Guid> fresh = await Inbox.RecordAsync(transaction, messages.Select(m => m.Id), now);
                ObservationsNormalised[] told = [.. messages.Where(m => fresh.Contains(m.Id)).DistinctBy(m => m.Id).Select(m => m.Message)];
                AddedEvidence added = await AddAsync(transaction, told);
                return await ReconcileAsync(transaction, added.TupleKeys, added, now) with
                {
                    Observations = told.Sum(m => m.Observations.Count),
                };
            },
            cancellationToken);
        _metrics.Folded(folded, _clock.GetElapsedTime(started));
    }

    /// <summary>Folds one message that the inbox knows but that was never folded: one from quarantine.</summary>
    internal Task FoldQuarantinedAsync(ObservationsNormalised message, Func<StoreTransaction, Task> release, CancellationToken cancellationToken) =>
        RunAsync(
            async transaction =>
            {
                AddedEvidence added = await AddAsync(transaction, [message]);
                await release(transaction);
                return await ReconcileAsync(transaction, added.TupleKeys, added, _clock.GetUtcNow());
            },
            cancellationToken);

    /// <summary>Reconciles tuples without new evidence: a transition is due, or the policy changed.</summary>
    public async Task ReconcileAsync(IReadOnlyCollection<string> tupleKeys, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        Folded folded = await RunAsync(
            transaction => ReconcileAsync(transaction, tupleKeys, null, _clock.GetUtcNow()), cancellationToken);
        _metrics.Folded(folded, _clock.GetElapsedTime(started));
    }

    /// <summary>Moves the watermarks of source instances, and reconciles the tuples that waited to hear one of them.</summary>
    public async Task HearAsync(IReadOnlyCollection<(Source Source, string Instance, DateTimeOffset At)> heard, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        Folded folded = await RunAsync(
            async transaction => await ReconcileAsync(
                transaction, [.. await _evidence.HeardAsync(transaction, heard)], null, _clock.GetUtcNow()),
            cancellationToken);
        _metrics.Folded(folded, _clock.GetElapsedTime(started));
    }

    /// <summary>Places stewards' pins, and reconciles their tuples; a pin that is placed already changes nothing.</summary>
    public async Task PinAsync(IReadOnlyCollection<(ImageReference Tuple, Pin Pin)> pins, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        Folded folded = await RunAsync(
            async transaction =>
            {
                foreach ((ImageReference tuple, Pin pin) in pins)
                {
                    await _evidence.PinAsync(transaction, tuple, pin);
                }

                string[] tupleKeys = [.. pins.Select(p => EvidenceKeys.Of(p.Tuple)).Distinct()];
                return await ReconcileAsync(transaction, tupleKeys, null, _clock.GetUtcNow());
            },
            cancellationToken);
        _metrics.Folded(folded, _clock.GetElapsedTime(started));
    }

    private Task<AddedEvidence> AddAsync(StoreTransaction transaction, IReadOnlyList<ObservationsNormalised> told) => _evidence.AddAsync(
        transaction,
        [.. told.Where(m => !m.Reread).SelectMany(m => m.Observations)],
        [.. told.Where(m => m.Reread).SelectMany(m => m.Observations)]);

    private async Task<Folded> ReconcileAsync(
        StoreTransaction transaction, IReadOnlyCollection<string> tupleKeys, AddedEvidence? added, DateTimeOffset now)
    {
        var folded = new Folded { Tuples = tupleKeys.Count };

        // Always in one order, so that two transactions never wait for each other's rows.
        foreach (string[] some in tupleKeys.Order(StringComparer.Ordinal).Chunk(TuplesAtOnce))
        {
            TupleDecision.Changed[] changes = [.. (await _tuples.FoldAsync(transaction, some, added, now)).OfType<TupleDecision.Changed>()];
            await _outbox.EnqueueAsync(transaction, [.. changes.SelectMany(c => Announcements.Of(c, now))]);
            folded = folded.With(changes);
        }

        return folded;
    }

    /// <summary>Does work in one transaction, on evidence that is derived under this folder's policy; anew where another writer was faster.</summary>
    internal async Task<T> RunAsync<T>(Func<StoreTransaction, Task<T>> fold, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await _store.WriteAsync(
                    async transaction =>
                    {
                        await _mark.DemandAsync(transaction, _stamp);
                        return await fold(transaction);
                    },
                    cancellationToken);
            }
            catch (Exception e) when (attempt < AttemptLimit && (e is StaleRevisionException || _store.IsTransient(e)))
            {
                TimeSpan delay = FirstDelay * (1 << Math.Min(attempt, 6)) * (0.5 + _random.NextDouble());
                _metrics.Retried();
                _logger.LogDebug(e, "A fold met another writer, attempt {Attempt}; again in {Delay}", attempt, delay);
                await Task.Delay(delay, _clock, cancellationToken);
            }
        }
    }
}

/// <summary>What one fold did.</summary>
internal sealed record Folded
{
    /// <summary>Observations taken in.</summary>
    public int Observations { get; init; }

    /// <summary>Tuples reconciled.</summary>
    public int Tuples { get; init; }

    /// <summary>Those that changed.</summary>
    public int Changed { get; init; }

    /// <summary>Packages prepared.</summary>
    public int Prepared { get; init; }

    /// <summary>Packages closed without a successor.</summary>
    public int Closed { get; init; }

    /// <summary>Holds opened.</summary>
    public int Opened { get; init; }

    /// <summary>Holds released.</summary>
    public int Released { get; init; }

    /// <summary>This and further changes.</summary>
    public Folded With(IReadOnlyList<TupleDecision.Changed> changes) => this with
    {
        Changed = Changed + changes.Count,
        Prepared = Prepared + changes.Count(c => c.Package is PackageStep.Prepared),
        Closed = Closed + changes.Count(c => c.Package is PackageStep.Closed),
        Opened = Opened + changes.Sum(c => c.Opened.Count),
        Released = Released + changes.Sum(c => c.Released.Count),
    };
}
