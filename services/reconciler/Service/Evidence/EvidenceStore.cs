using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>The evidence store in SQL, a few statements per call whatever it is given; see <see cref="IEvidenceStore"/>.</summary>
public sealed class EvidenceStore : IEvidenceStore, IDisposable
{
    private readonly Policy _policy;
    private readonly Histories _histories;
    private readonly RecordTables _records;
    private readonly BindingTables _bindings;
    private readonly BindingLocks _locks;
    private readonly TupleTables _tuples;
    private readonly Watermarks _watermarks;
    private readonly OutcomeQueries _outcomes;
    private readonly ReferenceQueries _references;

    /// <summary>For one store.</summary>
    /// <param name="engine">The store's engine.</param>
    /// <param name="policy">The policy that histories and bindings depend on.</param>
    public EvidenceStore(string engine, Policy policy)
    {
        _policy = policy;
        _histories = new Histories(engine);
        _records = new RecordTables(engine, policy, _histories);
        _bindings = new BindingTables(engine, policy);
        _locks = new BindingLocks(engine);
        _tuples = new TupleTables(engine);
        _watermarks = new Watermarks(engine);
        _outcomes = new OutcomeQueries(engine, _bindings);
        _references = new ReferenceQueries(engine, _outcomes, _bindings, _tuples);
    }

    /// <inheritdoc/>
    public async Task<AddedEvidence> AddAsync(
        StoreTransaction transaction, IReadOnlyCollection<Observation> delivered, IReadOnlyCollection<Observation> reread)
    {
        Observation[] observations = [.. delivered, .. reread];
        var concerned = new BindingFacts(_policy);
        foreach (Observation observation in observations)
        {
            concerned.Add("", observation);
        }

        await _locks.TakeAsync(transaction, concerned);
        IReadOnlyList<JoinedRecord> changed = await _records.JoinAsync(transaction, delivered, reread);
        var facts = new BindingFacts(_policy);
        foreach (JoinedRecord record in changed)
        {
            foreach (Observation observation in record.Added)
            {
                facts.Add(record.RecordKey, observation);
            }
        }

        await _bindings.AddAsync(transaction, facts);
        HashSet<string> affected = await _bindings.AffectedAsync(transaction, [.. changed.Select(r => r.RecordKey)], facts.Children);

        // Before the watermarks, whose rows all transactions share: who holds one of them waits for nobody's tuple.
        await BindingLocks.TakeAsync(transaction, affected);
        affected.UnionWith(await HeardAsync(
            transaction, [.. observations.Select(o => (o.Record.Source, o.Record.Instance, o.Lineage.ExtractedAt))]));
        return new AddedEvidence(affected, changed);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> HeardAsync(
        StoreTransaction transaction, IReadOnlyCollection<(Source Source, string Instance, DateTimeOffset At)> heard) =>
        (await _watermarks.HearAsync(transaction, heard)).ToHashSet(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<StoredTuple?> FindAsync(StoreSnapshot snapshot, string tupleKey) =>
        (await _tuples.FindAsync(snapshot, [tupleKey])).SingleOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> TupleKeysAsync(StoreSnapshot snapshot, string afterKey, int limit) =>
        _tuples.PageAsync(snapshot, afterKey, limit);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KnownTuple>> KnownAsync(
        StoreSnapshot snapshot, IReadOnlyCollection<string> tupleKeys, AddedEvidence? added = null)
    {
        if (snapshot is StoreTransaction transaction)
        {
            await BindingLocks.TakeAsync(transaction, tupleKeys);
        }

        IReadOnlyList<StoredTuple> tuples = await _tuples.FindAsync(snapshot, tupleKeys);
        IReadOnlyList<BoundRecord> bound = await _bindings.RecordsOfAsync(snapshot, tupleKeys);
        ILookup<string, string> recordsOf = bound.ToLookup(b => b.TupleKey, b => b.RecordKey);
        Dictionary<string, RecordHistory> records = await RecordsAsync(snapshot, bound, added);
        ILookup<string, Pin> pins = await _tuples.PinsAsync(snapshot, tupleKeys);
        ILookup<string, (Source Source, string Instance)> awaited = await _watermarks.AwaitedAsync(snapshot, tupleKeys);
        IReadOnlyDictionary<(Source, string), DateTimeOffset> watermarks = await _watermarks.ReadAsync(snapshot);
        return
        [
            .. tuples.Select(t => new KnownTuple(
                t,
                new TupleEvidence
                {
                    Tuple = t.Image,
                    Records = [.. recordsOf[t.TupleKey].Select(r => records[r])],
                    Watermarks = watermarks,
                    Pins = [.. pins[t.TupleKey]],
                },
                awaited[t.TupleKey].ToHashSet())),
        ];
    }

    /// <inheritdoc/>
    public Task SaveAsync(StoreTransaction transaction, IReadOnlyCollection<StoredTuple> tuples) =>
        _tuples.SaveAsync(transaction, tuples);

    /// <inheritdoc/>
    public Task AwaitAsync(
        StoreTransaction transaction, IReadOnlyCollection<AwaitedInstance> begun, IReadOnlyCollection<AwaitedInstance> ended) =>
        _watermarks.AwaitAsync(transaction, begun, ended);

    /// <inheritdoc/>
    public Task AppendAsync(StoreTransaction transaction, IReadOnlyCollection<ChainedPackage> packages) =>
        _tuples.AppendAsync(transaction, packages);

    /// <inheritdoc/>
    public Task CloseAsync(StoreTransaction transaction, IReadOnlyCollection<EndedPackage> packages, DateTimeOffset at) =>
        _tuples.CloseAsync(transaction, packages, at);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredPackage>> ChainsAsync(StoreSnapshot snapshot, IReadOnlyCollection<string> tupleKeys) =>
        _tuples.ChainsAsync(snapshot, tupleKeys);

    /// <inheritdoc/>
    public Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin) =>
        _tuples.PinAsync(transaction, tuple, pin);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredItem>> OutcomesAsync(StoreSnapshot snapshot, string notificationSha256) =>
        _outcomes.OfNotificationAsync(snapshot, notificationSha256);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(StoreSnapshot snapshot) =>
        _outcomes.CountAsync(snapshot);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> UnreferencedAsync(StoreSnapshot snapshot, IReadOnlyCollection<KeptReading> readings) =>
        _references.UnreferencedAsync(snapshot, readings);

    /// <inheritdoc/>
    public async Task DeriveAsync(StoreTransaction transaction, Action<int> derived)
    {
        // Revisions go on where they were: whoever remembers an earlier one must not take it for what is derived now.
        long revision = 1 + await transaction.SingleAsync<long>(DerivationStatements.GreatestRevision);
        await transaction.ExecuteAsync(DerivationStatements.ForgetDerived);
        await _records.DeriveAsync(transaction, revision, async observations =>
        {
            var facts = new BindingFacts(_policy);
            foreach (StoredObservation row in observations)
            {
                facts.Add(row.RecordKey, row.Observation);
            }

            await _bindings.AddAsync(transaction, facts);
            derived(observations.Select(o => o.RecordKey).Distinct().Count());
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _histories.Dispose();

    private async Task<Dictionary<string, RecordHistory>> RecordsAsync(
        StoreSnapshot snapshot, IReadOnlyList<BoundRecord> bound, AddedEvidence? added)
    {
        var revisions = new Dictionary<string, long>(StringComparer.Ordinal);
        var fresh = new Dictionary<string, RecordHistory>(StringComparer.Ordinal);
        foreach (BoundRecord record in bound)
        {
            if (added is not null && added.Records.TryGetValue(record.RecordKey, out (long Revision, RecordHistory History) known)
                && known.Revision == record.Revision)
            {
                fresh[record.RecordKey] = known.History;
            }
            else
            {
                revisions[record.RecordKey] = record.Revision;
            }
        }

        Dictionary<string, RecordHistory> records = await _histories.LoadAsync(snapshot, revisions);
        foreach ((string recordKey, RecordHistory history) in fresh)
        {
            records[recordKey] = history;
        }

        return records;
    }
}
