using ReleaseIntegrity.Tests.Distributed.Chaos.Faults;
using ReleaseIntegrity.Tests.Distributed.Deployed;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>To what faults happen. Of one there is at most one at a time; of several at once, one each.</summary>
internal enum Part
{
    /// <summary>The processes of the services.</summary>
    Processes,

    /// <summary>Their stores.</summary>
    Stores,

    /// <summary>The broker: two of its three nodes are always well.</summary>
    Broker,
}

/// <summary>What a fault needs from the machine.</summary>
[Flags]
internal enum Needs
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>Network namespaces.</summary>
    Network = 1,

    /// <summary>Disks that can be full.</summary>
    Disks = 2,

    /// <summary>Clocks that can be set.</summary>
    Clocks = 4,

    /// <summary>Stores in files.</summary>
    Files = 8,
}

/// <summary>A kind of fault.</summary>
/// <param name="Part">To what it happens.</param>
/// <param name="Needs">What it needs.</param>
/// <param name="Least_s">How long it lasts at least, in seconds.</param>
/// <param name="Usual_s">How long it lasts at most in a short run.</param>
/// <param name="Most_s">How long it lasts at most in a long run: past leases, heartbeats and timeouts.</param>
/// <param name="Make">Makes one; chance picks with whom.</param>
internal sealed record Kind(Part Part, Needs Needs, double Least_s, double Usual_s, double Most_s, Func<Random, Cast, Fault> Make)
{
    /// <summary>Whether only a long run has the time for it: the cluster is long about becoming whole again.</summary>
    public bool TakesLong { get; init; }

    private static readonly TimeSpan[] Jumps = [TimeSpan.FromSeconds(-1_500), TimeSpan.FromSeconds(-45), TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(1_500)];

    /// <summary>All of them; what stands twice is twice as frequent.</summary>
    public static IReadOnlyList<Kind> All { get; } =
    [
        new(Part.Processes, Needs.Nothing, 0, 1.5, 6, (chance, cast) => new KillReplica(Pick(chance, cast.Replicas))),
        new(Part.Processes, Needs.Nothing, 0, 1.5, 6, (chance, cast) => new KillReplica(Pick(chance, cast.Replicas))),
        new(Part.Processes, Needs.Nothing, 1, 4, 40, (chance, cast) => new PauseReplica(Pick(chance, cast.Replicas))),
        new(Part.Processes, Needs.Clocks, 2, 4, 30, (chance, cast) => new JumpClock(Pick(chance, cast.Replicas), Pick(chance, Jumps))),
        new(Part.Stores, Needs.Nothing, 2, 5, 20, (chance, _) => new LockStore(Pick(chance, Role.All))),
        new(Part.Stores, Needs.Disks | Needs.Files, 2, 5, 20, (chance, _) => new FillStore(Pick(chance, Role.All))),
        new(Part.Broker, Needs.Nothing, 0, 2, 10, (chance, _) => new KillNode(PickNode(chance))),
        new(Part.Broker, Needs.Nothing, 1, 3, 30, (chance, _) => new PauseNode(PickNode(chance))) { TakesLong = true },
        new(Part.Broker, Needs.Network, 1, 3, 30, (chance, _) => new CutOffNode(PickNode(chance))) { TakesLong = true },
        new(Part.Broker, Needs.Network, 1, 3, 30, (chance, _) => new PartNode(PickNode(chance))),
        new(Part.Broker, Needs.Disks, 1, 3, 15, (chance, _) => new FillBroker(PickNode(chance))),
    ];

    private static int PickNode(Random chance) => chance.Next(Cast.Nodes) + 1;

    private static T Pick<T>(Random chance, IReadOnlyList<T> from) => from[chance.Next(from.Count)];
}
