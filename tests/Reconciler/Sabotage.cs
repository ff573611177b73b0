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

    public async Task<IReadOnlySet<string>> AddAsync(StoreTransaction transaction, IReadOnlyCollection<Observation> observations)
    {
        await BeforeAdd(observations);
        return await inner.AddAsync(transaction, observations);
    }

    public async Task SaveAsync(StoreTransaction transaction, StoredTuple tuple)
    {
        await BeforeSave(transaction, tuple);
        await inner.SaveAsync(transaction, tuple);
    }

    public Task<IReadOnlySet<string>> HeardAsync(StoreTransaction transaction, IReadOnlyCollection<(Source Source, string Instance, DateTimeOffset At)> heard) =>
        inner.HeardAsync(transaction, heard);

    public Task<StoredTuple?> FindAsync(StoreSnapshot snapshot, string tupleKey) => inner.FindAsync(snapshot, tupleKey);

    public Task<IReadOnlyList<string>> TupleKeysAsync(StoreSnapshot snapshot, string afterKey, int limit) => inner.TupleKeysAsync(snapshot, afterKey, limit);

    public Task<IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset>> WatermarksAsync(StoreSnapshot snapshot) => inner.WatermarksAsync(snapshot);

    public Task<TupleEvidence> EvidenceOfAsync(
        StoreSnapshot snapshot, ImageReference tuple, IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> watermarks) =>
        inner.EvidenceOfAsync(snapshot, tuple, watermarks);

    public Task ExpectAsync(StoreTransaction transaction, string tupleKey, IReadOnlyCollection<(Source Source, string Instance)> expired) =>
        inner.ExpectAsync(transaction, tupleKey, expired);

    public Task AppendAsync(StoreTransaction transaction, ChainedPackage package) => inner.AppendAsync(transaction, package);

    public Task CloseAsync(StoreTransaction transaction, string tupleKey, long revision, DateTimeOffset at) => inner.CloseAsync(transaction, tupleKey, revision, at);

    public Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin) => inner.PinAsync(transaction, tuple, pin);

    public Task<IReadOnlyList<StoredItem>> OutcomesAsync(StoreSnapshot snapshot, string notificationSha256) => inner.OutcomesAsync(snapshot, notificationSha256);

    public Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(StoreSnapshot snapshot) => inner.CountOutcomesAsync(snapshot);

    public Task<string?> StampAsync(StoreSnapshot snapshot) => inner.StampAsync(snapshot);

    public Task SetStampAsync(StoreTransaction transaction, string stamp) => inner.SetStampAsync(transaction, stamp);

    public Task DeriveAsync(StoreTransaction transaction) => inner.DeriveAsync(transaction);
}
