namespace ReleaseIntegrity.Messaging;

/// <summary>Whether this process reaches the others. For readiness; safe to ask at any rate.</summary>
public interface IBusHealth
{
    /// <summary>Where the connection stands now.</summary>
    BusStanding Standing { get; }
}

/// <summary>Where a process stands with its bus.</summary>
/// <param name="State">In one word.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Reason">For people: what is missing, and what to do; never a secret.</param>
public sealed record BusStanding(BusState State, DateTimeOffset Since, string Reason)
{
    /// <summary>Whether messages come and go.</summary>
    public bool IsReady => State == BusState.Connected;
}

/// <summary>States of a bus.</summary>
public enum BusState
{
    /// <summary>Messages come and go.</summary>
    Connected,

    /// <summary>The broker can't be reached. Outgoing messages wait in their outbox.</summary>
    Disconnected,

    /// <summary>The broker takes no messages because of a memory or disk alarm. They wait in their outbox.</summary>
    Blocked,
}
