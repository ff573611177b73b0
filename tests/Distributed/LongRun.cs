using System.Globalization;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>What makes a run longer than the usual one; README.md lists the variables.</summary>
internal static class LongRun
{
    /// <summary>Kills of services under load, <c>DISTRIBUTED_KILLS</c>.</summary>
    public static int Kills { get; } = Number("DISTRIBUTED_KILLS", 5);

    /// <summary>What decides the moments of the kills, <c>DISTRIBUTED_SEED</c>.</summary>
    public static int Seed { get; } = Number("DISTRIBUTED_SEED", 11);

    /// <summary>Seconds for which the broker is down, at least, <c>DISTRIBUTED_BROKER_DOWN_SECONDS</c>.</summary>
    public static TimeSpan BrokerDown { get; } = TimeSpan.FromSeconds(Number("DISTRIBUTED_BROKER_DOWN_SECONDS", 3));

    /// <summary>Seconds for which a store is locked, <c>DISTRIBUTED_STORE_AWAY_SECONDS</c>.</summary>
    public static TimeSpan StoreAway { get; } = TimeSpan.FromSeconds(Number("DISTRIBUTED_STORE_AWAY_SECONDS", 8));

    /// <summary>For how long everything goes wrong, <c>CHAOS_MINUTES</c>; 0 for each kind of fault once.</summary>
    public static TimeSpan Chaos { get; } = TimeSpan.FromMinutes(Number("CHAOS_MINUTES", 0));

    /// <summary>Skips the chaos unless somebody takes the time for it: <c>CHAOS_MINUTES</c> is set.</summary>
    public static void RequireChaos() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("CHAOS_MINUTES") is { Length: > 0 }, "takes minutes: CHAOS_MINUTES=0 runs each kind of fault once");

    /// <summary>What decides what goes wrong, and when, <c>CHAOS_SEED</c>.</summary>
    public static int ChaosSeed { get; } = Number("CHAOS_SEED", 1);

    /// <summary>A file to which a long run also writes what happens, while it happens, <c>CHAOS_LOG</c>.</summary>
    public static string? ChaosLog { get; } = Environment.GetEnvironmentVariable("CHAOS_LOG");

    /// <summary>Skips a test that only a run with <c>DISTRIBUTED_FAULTS=all</c> takes the time for.</summary>
    public static void Require() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("DISTRIBUTED_FAULTS") == "all", "not green on every machine yet, and takes its time: DISTRIBUTED_FAULTS=all runs it");

    /// <summary>Whether services are started in all 24 orders, <c>DISTRIBUTED_ORDERS=all</c>.</summary>
    public static bool EveryOrder { get; } = Environment.GetEnvironmentVariable("DISTRIBUTED_ORDERS") == "all";

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
