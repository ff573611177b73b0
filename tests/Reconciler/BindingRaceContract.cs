using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>
/// Two transactions of two processes, each of which writes what the other looks for: one is held open between what it did
/// and its commit while the other runs. Whichever comes first, one of them has to see the other; if neither did, both
/// would commit, and what they wrote would never be bound.
/// </summary>
public abstract class BindingRaceContract<TEngine> : IAsyncLifetime
    where TEngine : EngineUnderTest, new()
{
    private static readonly Policy Policy = PolicyFile.Default();
    private static readonly Digest Child = Say.Digest("child");

    // How long the first one stays open where the other does not end by itself. A longer one changes no result: whoever is
    // made to wait goes on afterwards, and whoever is not has ended by then.
    private static readonly TimeSpan HeldOpen = TimeSpan.FromSeconds(1);

    private TEngine Engine { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_digest_without_a_name_and_the_tag_that_anchors_it(bool inThisOrder) =>
        OneSeesTheOtherAsync(Entry(Say.B), Say.Tag(Say.Tuple, Say.B, Say.T0), inThisOrder);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_child_of_an_index_and_the_index_that_lists_it(bool inThisOrder) => OneSeesTheOtherAsync(
        Entry(Child), Say.Index(Say.Tuple, Say.B, Say.T0, false, Child), inThisOrder, before: Say.Tag(Say.Tuple, Say.B, Say.T0));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_child_of_an_index_and_the_tag_that_anchors_the_index(bool inThisOrder) => OneSeesTheOtherAsync(
        Entry(Child), Say.Tag(Say.Tuple, Say.B, Say.T0), inThisOrder, before: Say.Index(Say.Tuple, Say.B, Say.T0, false, Child));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_deleted_repository_and_a_tuple_that_is_first_named_in_it(bool inThisOrder) =>
        OneSeesTheOtherAsync(Say.RepositoryDeleted(Say.Tuple, Say.T0.AddHours(1)), Say.Tag(Say.Tuple, Say.B, Say.T0), inThisOrder);

    private async Task OneSeesTheOtherAsync(Observation one, Observation other, bool inThisOrder, Observation? before = null)
    {
        (Observation first, Observation second) = inThisOrder ? (one, other) : (other, one);
        if (before is not null)
        {
            await AddAsync(Engine.Store, before, _ => Task.CompletedTask);
        }

        await using IStore otherProcess = await Engine.OpenAnotherAsync();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> held = AddAsync(Engine.Store, first, async _ =>
        {
            written.TrySetResult();
            await release.Task;
        });
        await Task.WhenAny(written.Task, held);
        Task<int> beside = AddAsync(otherProcess, second, _ => Task.CompletedTask);
        await Task.WhenAny(beside, Task.Delay(HeldOpen, Ct));
        release.SetResult();

        // How many records of the tuple each saw: all that there are, for the one that was later.
        int[] seen = await Task.WhenAll(held, beside);
        Assert.Equal(before is null ? 2 : 3, seen.Max());
    }

    /// <summary>Adds, and returns how many records of the tuples that this concerns it then saw.</summary>
    private static async Task<int> AddAsync(IStore store, Observation observation, Func<StoreTransaction, Task> beforeCommit)
    {
        using var evidence = new EvidenceStore(store.Engine, Policy);
        return await store.WriteAsync(
            async transaction =>
            {
                AddedEvidence added = await evidence.AddAsync(transaction, [observation], []);
                IReadOnlyList<KnownTuple> known = await evidence.KnownAsync(transaction, [.. added.TupleKeys], added);
                await beforeCommit(transaction);
                return known.Sum(k => k.Evidence.Records.Count);
            },
            Ct);
    }

    private static Observation Entry(Digest digest) => Say.Entry(1, Say.T0, null, "k", digest);
}

public sealed class Sqlite_binding_race : BindingRaceContract<SharedSqliteUnderTest>;
