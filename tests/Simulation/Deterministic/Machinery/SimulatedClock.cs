namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>Time that stands until it is advanced. Timers fire on the caller's thread, in the order of their instants.</summary>
internal sealed class SimulatedClock(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<Timer, (long Due, long Number)> _timers = new();
    private DateTimeOffset _now = start;
    private long _numbers;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    /// <summary>When the next timer fires; null where none is set.</summary>
    public DateTimeOffset? NextTimer
    {
        get
        {
            while (_timers.TryPeek(out Timer? timer, out (long Due, long Number) due))
            {
                if (timer.Number == due.Number)
                {
                    return new DateTimeOffset(due.Due, TimeSpan.Zero);
                }

                _timers.Dequeue();
            }

            return null;
        }
    }

    /// <summary>Goes to an instant by way of all timers before it; never back.</summary>
    public void AdvanceTo(DateTimeOffset instant)
    {
        while (NextTimer is { } due && due <= instant)
        {
            _now = due > _now ? due : _now;
            _timers.Dequeue().Fire();
        }

        _now = instant > _now ? instant : _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Of the entry that counts; 0 where none does.</summary>
        public long Number { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Number = 0;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Number = ++clock._numbers;
                clock._timers.Enqueue(this, ((clock._now + dueTime).UtcTicks, Number));
            }

            return true;
        }

        public void Fire()
        {
            Number = 0;
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback(state);
        }

        public void Dispose() => Number = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

/// <summary>A process's clock that is wrong by an amount; pauses last as long as everybody's.</summary>
internal sealed class SkewedClock(SimulatedClock clock, TimeSpan skew) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + skew;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
