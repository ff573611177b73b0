namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>A service stands still, with all that it holds, and goes on as if no time had passed.</summary>
internal sealed class PauseReplica(string replica) : Fault
{
    public override Task BeginAsync(Scene scene)
    {
        scene.Replica(replica).Pause();
        return Task.CompletedTask;
    }

    public override Task EndAsync(Scene scene)
    {
        scene.Replica(replica).Resume();
        return Task.CompletedTask;
    }

    public override string ToString() => $"pause of {replica}";
}
