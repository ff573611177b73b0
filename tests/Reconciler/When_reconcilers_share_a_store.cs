using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Of several reconcilers on one store one derives, and none writes what another policy would not have written.</summary>
public sealed class When_reconcilers_share_a_store : IAsyncLifetime
{
    private static readonly Policy Before = PolicyFile.Default();
    private static readonly Policy After = Before with { Digest = Say.Hash("after") };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-policies-");
    private readonly Clock _clock = new();
    private readonly List<IStore> _stores = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (IStore store in _stores)
        {
            await store.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_derives_and_the_others_wait_even_if_it_dies(bool dies)
    {
        Rig before = Open(Before);
        await before.Derivation.EnsureAsync(Ct);
        await before.FoldAsync(Say.Scenario);
        _clock.Advance(Derivation.HeldFor);

        var goOn = new TaskCompletionSource();
        Rig one = Open(After, evidence => new Sabotage(evidence) { BeforePage = () => goOn.Task });
        Task deriving = one.Derivation.EnsureAsync(Ct);
        await UntilAsync(() => one.Derivation.Missing is { } m && m.StartsWith("deriving 0 of 1 artifacts", StringComparison.Ordinal));

        Rig other = Open(After);
        Task waiting = other.Derivation.EnsureAsync(Ct);
        await UntilAsync(() => other.Derivation.Missing is { } m && m.StartsWith("another reconciler is deriving", StringComparison.Ordinal));
        Assert.False(other.Derivation.OpenAsync(Ct).IsCompleted);

        if (dies)
        {
            await PassAsync(waiting);
            Assert.False(deriving.IsCompleted);

            // It was only slow: what it finds is its own policy's, so there is nothing left to do.
            goOn.SetResult();
            await deriving;
            Assert.Null(one.Derivation.Missing);
        }
        else
        {
            goOn.SetResult();
            await deriving;
            await PassAsync(waiting);
        }

        Assert.Null(other.Derivation.Missing);
        Assert.Contains(After.Digest, await other.LedgerAsync(Say.Tuple), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_with_another_policy_waits_and_says_what_to_do_until_the_others_are_gone()
    {
        Rig holding = Open(Before);
        await holding.Derivation.StartAsync(Ct);
        await holding.Derivation.OpenAsync(Ct);
        Rig other = Open(After);
        Task waiting = other.Derivation.EnsureAsync(Ct);
        await UntilAsync(() => other.Derivation.Missing is { } m
            && m.Contains("another policy", StringComparison.Ordinal) && m.Contains("Reconciler:PolicyFile", StringComparison.Ordinal));
        await Assert.ThrowsAsync<OtherPolicyException>(() => other.FoldAsync(Say.Scenario));

        // As long as one of them lives it is held, and folds.
        for (int renewals = 1; renewals <= 8; renewals++)
        {
            await UntilAsync(() => _clock.Waits(Derivation.HeldFor / 4) == renewals);
            _clock.Advance(Derivation.HeldFor / 4);
            await UntilAsync(async () => await HeldUntilAsync() == _clock.GetUtcNow() + Derivation.HeldFor);
        }

        await holding.FoldAsync(Say.Scenario);
        Assert.False(waiting.IsCompleted);
        await holding.Derivation.StopAsync(Ct);
        await PassAsync(waiting);
        Assert.Contains(After.Digest, await other.LedgerAsync(Say.Tuple), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_slept_while_another_policy_took_over_folds_nothing_and_ends()
    {
        Rig sleeping = Open(Before);
        await sleeping.Derivation.EnsureAsync(Ct);
        _clock.Advance(Derivation.HeldFor);
        Rig other = Open(After);
        await other.Derivation.EnsureAsync(Ct);

        await Assert.ThrowsAsync<OtherPolicyException>(() => sleeping.FoldAsync(Say.Scenario));

        // Not the message's fault: nothing of it goes to quarantine.
        await Assert.ThrowsAsync<OtherPolicyException>(() => sleeping.Consumer.FoldAsync(sleeping.Messages(Say.Scenario), Ct));
        Assert.Empty(await other.Quarantine.ListAsync(Ct));

        await sleeping.Derivation.StartAsync(Ct);
        await UntilAsync(() =>
        {
            _clock.Advance(Derivation.HeldFor / 4);
            return sleeping.Derivation.ExecuteTask is { IsFaulted: true };
        });
        Assert.Contains("restart this one", sleeping.Derivation.Missing, StringComparison.Ordinal);
        await other.FoldAsync(Say.Scenario);
    }

    private Rig Open(Policy policy, Func<IEvidenceStore, IEvidenceStore>? wrap = null)
    {
        IStore store = Stores.Open(
            new StoreOptions { DataFolder = _folder.FullName, FileName = "reconciler.db", Shared = true }, ReconcilerServices.Migrations);
        _stores.Add(store);
        return new Rig(store, _clock, policy, wrap);
    }

    private async Task<DateTimeOffset?> HeldUntilAsync() => await _stores[0].ReadAsync(
        s => s.SingleAsync<DateTimeOffset?>("select held_until from derivation"), Ct);

    /// <summary>Lets time go by until it is done: whoever waits may begin to wait only after a step of the clock.</summary>
    private async Task PassAsync(Task done)
    {
        await UntilAsync(() =>
        {
            _clock.Advance(done.IsCompleted ? TimeSpan.Zero : Derivation.HeldFor / 10);
            return done.IsCompleted;
        });
        await done;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 3000, "it did not come to it");
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>A clock that knows how often a wait of some length began.</summary>
    private sealed class Clock() : FakeTimeProvider(World.End)
    {
        private readonly ConcurrentQueue<TimeSpan> _waits = new();

        public int Waits(TimeSpan due) => _waits.Count(w => w == due);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Enqueue(dueTime);
            return timer;
        }
    }
}
