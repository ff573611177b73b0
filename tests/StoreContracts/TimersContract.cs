using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>Timers on every engine: never early, at least once, and again after a crash.</summary>
public abstract class TimersContract<TEngine> : IAsyncLifetime
    where TEngine : StoreUnderTest, new()
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(T0);
    private readonly Handler _handler = new();

    private TEngine Engine { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task A_timer_fires_when_it_is_due_and_not_before()
    {
        (Timers timers, TimerSweep sweep) = Open();
        await SetAsync(timers, "a", T0.AddSeconds(10));
        Assert.Equal(0, await sweep.SweepOnceAsync(Ct));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await sweep.SweepOnceAsync(Ct));
        Assert.Equal(0, await sweep.SweepOnceAsync(Ct));
        Assert.Equal(["a"], _handler.Fired);
        Assert.Null(await timers.NextDueAsync(Ct));
    }

    [Fact]
    public async Task A_later_setting_moves_it_and_a_cancelled_one_never_fires()
    {
        (Timers timers, TimerSweep sweep) = Open();
        await SetAsync(timers, "a", T0);
        await SetAsync(timers, "a", T0.AddHours(1));
        await SetAsync(timers, "b", T0);
        await Engine.Store.WriteAsync(tx => timers.CancelAsync(tx, "test", "b"), Ct);
        Assert.Equal(0, await sweep.SweepOnceAsync(Ct));
        Assert.Equal(T0.AddHours(1), await timers.NextDueAsync(Ct));
    }

    [Fact]
    public async Task Those_that_are_due_are_known_before_they_fire()
    {
        (Timers timers, _) = Open();
        await SetAsync(timers, "a", T0);
        await SetAsync(timers, "b", T0.AddTicks(1));
        await SetAsync(timers, "c", T0);
        Assert.Equal(["a"], await Engine.Store.ReadAsync(s => timers.DueAsync(s, "test", ["a", "b", "d"]), Ct));
        Assert.Empty(await Engine.Store.ReadAsync(s => timers.DueAsync(s, "other", ["a"]), Ct));
    }

    [Fact]
    public async Task A_failing_timer_fires_again_and_does_not_hold_up_others()
    {
        (Timers timers, TimerSweep sweep) = Open();
        await SetAsync(timers, "a", T0);
        await SetAsync(timers, "b", T0.AddTicks(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        _handler.Fails = "a";
        Assert.Equal(2, await sweep.SweepOnceAsync(Ct));
        Assert.Equal(["b"], _handler.Fired);
        Assert.Equal(0, await sweep.SweepOnceAsync(Ct));
        _handler.Fails = null;
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await sweep.SweepOnceAsync(Ct));
        Assert.Equal(["b", "a"], _handler.Fired);
    }

    [Fact]
    public async Task Setting_it_anew_while_it_fires_keeps_the_new_instant()
    {
        (Timers timers, TimerSweep sweep) = Open();
        await SetAsync(timers, "a", T0);
        _handler.During = () => SetAsync(timers, "a", T0.AddHours(1));
        Assert.Equal(1, await sweep.SweepOnceAsync(Ct));
        Assert.Equal(T0.AddHours(1), await timers.NextDueAsync(Ct));
    }

    [Fact]
    public async Task A_timer_survives_a_restart_and_the_running_sweep_fires_it()
    {
        (Timers timers, _) = Open();
        await SetAsync(timers, "a", T0);
        await Engine.RestartAsync();
        (_, TimerSweep sweep) = Open();
        await sweep.StartAsync(Ct);
        for (int i = 0; _handler.Fired.Count == 0; i++)
        {
            Assert.True(i < 1000, "the timer has not fired");
            await Task.Delay(10, Ct);
        }

        await sweep.StopAsync(Ct);
        Assert.Equal(["a"], _handler.Fired);
    }

    private (Timers Timers, TimerSweep Sweep) Open()
    {
        var timers = new Timers(Engine.Store, _clock);
        return (timers, new TimerSweep(timers, [_handler], new TimerSweepOptions(), _clock, NullLogger<TimerSweep>.Instance));
    }

    private Task SetAsync(Timers timers, string key, DateTimeOffset at) =>
        Engine.Store.WriteAsync(tx => timers.SetAsync(tx, new TimerRow("test", key, at, "payload")), Ct);

    private sealed class Handler : ITimerHandler
    {
        public string Kind => "test";

        public List<string> Fired { get; } = [];

        public string? Fails { get; set; }

        public Func<Task>? During { get; set; }

        public async Task FireAsync(TimerRow timer, CancellationToken cancellationToken)
        {
            if (timer.Key == Fails)
            {
                throw new IOException("no");
            }

            Assert.Equal("payload", timer.Payload);
            Fired.Add(timer.Key);
            await (During?.Invoke() ?? Task.CompletedTask);
        }
    }
}
