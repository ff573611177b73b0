using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>An evidence store that something happens to.</summary>
internal sealed class Sabotage(IEvidenceStore inner) : IEvidenceStore
{
    public Func<IReadOnlyCollection<Observation>, Task> BeforeAdd { get; init; } = _ => Task.CompletedTask;

    public Func<StoreTransaction, StoredTuple, Task> BeforeSave { get; init; } = (_, _) => Task.CompletedTask;

    public Func<Task> AfterKnown { get; init; } = () => Task.CompletedTask;

    public Func<Task> BeforePage { get; init; } = () => Task.CompletedTask;

    public async Task<AddedEvidence> AddAsync(
        StoreTransaction transaction, IReadOnlyCollection<Observation> delivered, IReadOnlyCollection<Observation> reread)
    {
        await BeforeAdd([.. delivered, .. reread]);
        return await inner.AddAsync(transaction, delivered, reread);
    }

    public async Task SaveAsync(StoreTransaction transaction, IReadOnlyCollection<StoredTuple> tuples)
    {
        foreach (StoredTuple tuple in tuples)
        {
            await BeforeSave(transaction, tuple);
        }

        await inner.SaveAsync(transaction, tuples);
    }

    public Task<IReadOnlySet<string>> HeardAsync(StoreTransaction transaction, IReadOnlyCollection<(Source Source, string Instance, DateTimeOffset At)> heard) =>
        inner.HeardAsync(transaction, heard);

    public Task<StoredTuple?> FindAsync(StoreSnapshot snapshot, string tupleKey) => inner.FindAsync(snapshot, tupleKey);

    public async Task<IReadOnlyList<string>> TupleKeysAsync(StoreSnapshot snapshot, string afterKey, int limit)
    {
        await BeforePage();
        return await inner.TupleKeysAsync(snapshot, afterKey, limit);
    }

    public async Task<IReadOnlyList<KnownTuple>> KnownAsync(StoreSnapshot snapshot, IReadOnlyCollection<string> tupleKeys, AddedEvidence? added = null)
    {
        IReadOnlyList<KnownTuple> known = await inner.KnownAsync(snapshot, tupleKeys, added);
        await AfterKnown();
        return known;
    }

    public Task AwaitAsync(StoreTransaction transaction, IReadOnlyCollection<AwaitedInstance> begun, IReadOnlyCollection<AwaitedInstance> ended) =>
        inner.AwaitAsync(transaction, begun, ended);

    public Task AppendAsync(StoreTransaction transaction, IReadOnlyCollection<ChainedPackage> packages) => inner.AppendAsync(transaction, packages);

    public Task CloseAsync(StoreTransaction transaction, IReadOnlyCollection<EndedPackage> packages, DateTimeOffset at) => inner.CloseAsync(transaction, packages, at);

    public Task<IReadOnlyList<StoredPackage>> ChainsAsync(StoreSnapshot snapshot, IReadOnlyCollection<string> tupleKeys) => inner.ChainsAsync(snapshot, tupleKeys);

    public Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin) => inner.PinAsync(transaction, tuple, pin);

    public Task<IReadOnlyList<StoredItem>> OutcomesAsync(StoreSnapshot snapshot, string notificationSha256) => inner.OutcomesAsync(snapshot, notificationSha256);

    public Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(StoreSnapshot snapshot) => inner.CountOutcomesAsync(snapshot);

    public Task<IReadOnlyList<string>> UnreferencedAsync(StoreSnapshot snapshot, IReadOnlyCollection<KeptReading> readings) =>
        inner.UnreferencedAsync(snapshot, readings);

    public Task DeriveAsync(StoreTransaction transaction, Action<int> derived) => inner.DeriveAsync(transaction, derived);
}
