using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Lifecycle;
using ReleaseIntegrity.Reconciling.Lifecycle.Storing;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Sagas in our own store, on every engine: alone, and under MassTransit.</summary>
public abstract class SagaRepositoryContract<TEngine> : IAsyncLifetime
    where TEngine : EngineUnderTest, new()
{
    private TEngine Engine { get; } = new();

    private SagaRows<ReleaseCase> Rows => new(Engine.Store);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task A_saga_is_there_after_a_restart()
    {
        ReleaseCase saga = New();
        await Rows.InsertAsync(saga, Ct);
        await Engine.RestartAsync();
        Assert.Equivalent(saga, await Rows.LoadAsync(saga.CorrelationId, Ct), strict: true);
        Assert.Null(await Rows.LoadAsync(Guid.NewGuid(), Ct));
    }

    [Fact]
    public async Task Of_two_that_insert_one_saga_one_is_stale()
    {
        ReleaseCase saga = New();
        Task[] both = [Rows.InsertAsync(saga, Ct), Rows.InsertAsync(saga, Ct)];
        await Assert.ThrowsAsync<StaleRevisionException>(() => Task.WhenAll(both));
        Assert.Equal(1, both.Count(t => t.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Nothing_is_written_over_a_saga_that_moved()
    {
        ReleaseCase saga = New();
        await Rows.InsertAsync(saga, Ct);
        SagaRows<ReleaseCase> slow = Rows;
        SagaRows<ReleaseCase> fast = Rows;
        ReleaseCase seenSlow = (await slow.LoadAsync(saga.CorrelationId, Ct))!;
        ReleaseCase seenFast = (await fast.LoadAsync(saga.CorrelationId, Ct))!;
        seenFast.Tag = "fast";
        await fast.UpdateAsync(seenFast, Ct);
        await Assert.ThrowsAsync<StaleRevisionException>(() => slow.UpdateAsync(seenSlow, Ct));
        await Assert.ThrowsAsync<StaleRevisionException>(() => slow.DeleteAsync(seenSlow, Ct));
        Assert.Equal("fast", (await Rows.LoadAsync(saga.CorrelationId, Ct))!.Tag);
        await fast.UpdateAsync(seenFast, Ct);
        await fast.DeleteAsync(seenFast, Ct);
        Assert.Null(await Rows.LoadAsync(saga.CorrelationId, Ct));
    }

    [Fact]
    public async Task The_machine_ends_with_the_greatest_revision_whatever_the_order_and_repetition()
    {
        await using ServiceProvider services = new ServiceCollection()
            .AddKeyedSingleton(ReconcilerServices.Key, Engine.Store)
            .AddKeyedSingleton(ReconcilerServices.Key, new StoreHold(Engine.Store, TimeProvider.System, NullLogger<StoreHold>.Instance))
            .AddMassTransitTestHarness(bus =>
                bus.AddSagaStateMachine<CaseStateMachine, ReleaseCase, CaseDefinition>().StoredUnder(ReconcilerServices.Key))
            .BuildServiceProvider(true);
        ITestHarness harness = services.GetRequiredService<ITestHarness>();
        await harness.Start();
        CaseChanged[] changes =
        [
            Change(1), Change(2, converging: true), Change(3, "p1", 1), Change(4, "p1", 1, converging: true), Change(5, "p2", 2), Change(6, null, 2),
        ];
        CaseChanged[] shuffled = [.. changes, .. changes];
        new Random(7).Shuffle(shuffled);
        ISendEndpoint cases = await harness.Bus.GetSendEndpoint(new Uri($"queue:{Queues.Cases.Name}"));
        await Task.WhenAll(shuffled.Select(c => cases.Send(c, Ct)));
        await cases.Send(
            new StewardDecided { Tuple = Say.Tuple, PackageId = "p2", PackageRevision = 2, Decision = PackageDecision.Repaired, Sequence = 1, At = Say.T0 }, Ct);
        Guid id = CaseStateMachine.IdOf(Say.Tuple);
        ReleaseCase? saga = null;
        for (int i = 0; saga?.Standing is not { Revision: 6, Decided: not null }; i++)
        {
            Assert.True(i < 500, "the case did not get there");
            await Task.Delay(20, Ct);
            saga = await Rows.LoadAsync(id, Ct);
        }

        Assert.Equal(nameof(CaseStage.Repaired), saga!.CurrentState);
        Assert.Equal(Say.Tuple.Tag, saga.Tag);
        await harness.Stop(Ct);
    }

    private static ReleaseCase New() => new()
    {
        CorrelationId = Guid.NewGuid(),
        CurrentState = nameof(CaseStage.Prepared),
        Registry = "r",
        Repository = "p",
        Tag = "t",
        Standing = new CaseStanding(CaseStage.Prepared, 3, true, "p1", 1, null, Say.T0),
    };

    private static CaseChanged Change(long revision, string? package = null, long packageRevision = 0, bool converging = false) => new()
    {
        Tuple = Say.Tuple, Revision = revision, LedgerSha256 = "00", OnHold = false, Converging = converging,
        PackageId = package, PackageRevision = packageRevision, At = Say.T0.AddMinutes(revision),
    };
}

public sealed class Sqlite_saga_repository : SagaRepositoryContract<SqliteUnderTest>;

public sealed class CaseLifecycleTests
{
    [Fact]
    public void A_case_goes_from_observing_to_closed()
    {
        CaseStanding? standing = null;
        var stages = new List<CaseStage>();
        foreach ((long revision, string? package, long number, bool converging) in new (long, string?, long, bool)[]
        {
            (1, null, 0, false), (2, null, 0, true), (3, "p1", 1, false), (4, "p1", 1, true), (5, "p2", 2, false), (6, null, 2, false), (7, "p1", 3, false),
        })
        {
            standing = CaseLifecycle.Next(standing, Change(revision, package, number, converging));
            stages.Add(standing!.Stage);
        }

        Assert.Equal(
            [CaseStage.Observing, CaseStage.Converging, CaseStage.Prepared, CaseStage.Revising, CaseStage.Prepared, CaseStage.Closed, CaseStage.Prepared], stages);
        Assert.Equal("p2", standing!.Superseded);
    }

    /// <summary>Any order and repetition of what the reconciler and the handoff say of two packages ends in one standing.</summary>
    [Fact]
    public void Decisions_and_changes_meet_in_any_order()
    {
        var random = new Random(11);
        for (int run = 0; run < 300; run++)
        {
            object[] all =
            [
                Change(1, "p1", 1), Decided(1, PackageDecision.Acknowledged, 3), Decided(1, PackageDecision.RepairAuthorized, 4),
                Change(2, "p1", 1, converging: true), Change(3, "p2", 2), Decided(1, PackageDecision.Repaired, 6), Decided(2, PackageDecision.Returned, 9),
            ];
            object[] told = [.. all.Take(1 + random.Next(all.Length))];
            long last = told.OfType<CaseChanged>().Max(c => c.Revision);
            StewardDecided? decided = told.OfType<StewardDecided>().MaxBy(d => d.Sequence);
            object[] shuffled = [.. told, .. told.Take(3)];
            random.Shuffle(shuffled);
            CaseStanding? standing = null;
            foreach (object message in shuffled)
            {
                standing = (message is CaseChanged c ? CaseLifecycle.Next(standing, c) : CaseLifecycle.Next(standing, (StewardDecided)message)) ?? standing;
            }

            CaseStage expected = last == 2 ? CaseStage.Revising
                : decided is null || decided.PackageRevision != standing!.PackageRevision ? CaseStage.Prepared
                : Enum.Parse<CaseStage>(decided.Decision.ToString());
            Assert.Equal((expected, last), (standing!.Stage, standing.Revision));
        }
    }

    [Fact]
    public void A_decision_ends_with_its_package_and_a_repair_outlives_its_end()
    {
        CaseStanding standing = CaseLifecycle.Next(CaseLifecycle.Next(null, Change(1, "p1", 1))!, Decided(1, PackageDecision.RepairAuthorized, 4))!;
        Assert.Equal(CaseStage.RepairAuthorized, standing.Stage);
        standing = CaseLifecycle.Next(standing, Change(2, null, 1))!;
        Assert.Equal(CaseStage.Closed, standing.Stage);
        Assert.Equal(CaseStage.Repaired, CaseLifecycle.Next(standing, Decided(1, PackageDecision.Repaired, 5))!.Stage);
        Assert.Equal(CaseStage.Prepared, CaseLifecycle.Next(standing, Change(3, "p2", 2))!.Stage);
    }

    [Fact]
    public void What_is_not_news_changes_nothing()
    {
        CaseStanding standing = CaseLifecycle.Next(null, Change(5, "p1", 1, false))!;
        Assert.Null(CaseLifecycle.Next(standing, Change(5, "p1", 1, false)));
        Assert.Null(CaseLifecycle.Next(standing, Change(4, null, 0, true)));
    }

    [Fact]
    public void The_same_package_on_a_later_ledger_stands_since_it_was_prepared()
    {
        CaseStanding standing = CaseLifecycle.Next(null, Change(5, "p1", 1, false))!;
        Assert.Equal(standing.Since, CaseLifecycle.Next(standing, Change(6, "p1", 1, false))!.Since);
        Assert.NotEqual(standing.Since, CaseLifecycle.Next(standing, Change(6, "p2", 2, false))!.Since);
    }

    private static StewardDecided Decided(long package, PackageDecision decision, long sequence) => new()
    {
        Tuple = Say.Tuple, PackageId = $"p{package}", PackageRevision = package, Decision = decision, Sequence = sequence, At = Say.T0.AddHours(sequence),
    };

    private static CaseChanged Change(long revision, string? package, long number, bool converging = false) => new()
    {
        Tuple = Say.Tuple, Revision = revision, LedgerSha256 = "00", OnHold = false, Converging = converging,
        PackageId = package, PackageRevision = number, At = Say.T0.AddMinutes(revision),
    };
}
