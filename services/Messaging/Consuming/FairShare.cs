namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>How partitions are shared between replicas, without any of them knowing the others. Pure.</summary>
public static class FairShare
{
    /// <summary>
    /// How many of the partitions that a replica is active on it should leave, so that another one takes over: whatever
    /// exceeds an equal share, rounded up. When every replica does so all of them end with an equal share, give or take one.
    /// </summary>
    /// <param name="active">Partitions that it is active on.</param>
    /// <param name="partitions">All partitions.</param>
    /// <param name="replicas">Replicas that listen to them.</param>
    public static int Surplus(int active, int partitions, int replicas) =>
        replicas < 2 ? 0 : Math.Max(0, active - (int)Math.Ceiling(partitions / (double)replicas));
}
