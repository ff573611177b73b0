using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Simulation.Deterministic.Services;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>A source that sends a notification again until it is told that it is kept.</summary>
internal sealed class Sending(int number, Delivery delivery)
{
    private Task<DateTimeOffset>? _taking;
    private Life? _by;

    public int Number => number;

    public Delivery Delivery => delivery;

    public DateTimeOffset NotBefore { get; private set; } = delivery.NotBefore;

    /// <summary>The receipt that was confirmed; null until then.</summary>
    public DateTimeOffset? AcceptedAt { get; private set; }

    /// <summary>It is to be sent, now or later.</summary>
    public bool Waits => AcceptedAt is null && _taking is null;

    public bool IsReady(DateTimeOffset now) => Waits && NotBefore <= now;

    public void Begin(CollectorNode collector)
    {
        _by = collector.Life;
        _taking = collector.TakeAsync(delivery.Format, delivery.Body);
    }

    /// <summary>Looks for the answer; returns why there will be none.</summary>
    public Exception? End(DateTimeOffset now, TimeSpan pause)
    {
        if (_taking is not { IsCompleted: true } done)
        {
            return null;
        }

        _taking = null;
        if (done.IsCompletedSuccessfully)
        {
            AcceptedAt = done.Result;
            return null;
        }

        NotBefore = now + pause;
        return done.Exception!.GetBaseException();
    }

    /// <summary>Whoever was taking it is gone.</summary>
    public void Lose(Life life, DateTimeOffset again)
    {
        if (_taking is { IsCompleted: false } && _by == life)
        {
            _taking = null;
            NotBefore = again;
        }
    }
}
