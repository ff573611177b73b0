namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary><c>kill -9</c> of a service, which is started again afterwards.</summary>
internal sealed class KillReplica(string replica) : Fault
{
    public override Task BeginAsync(Scene scene)
    {
        scene.Replica(replica).Kill();
        return Task.CompletedTask;
    }

    public override Task EndAsync(Scene scene)
    {
        scene.Replica(replica).Start();
        return Task.CompletedTask;
    }

    public override string ToString() => $"kill -9 of {replica}";
}
