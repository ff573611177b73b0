using System.Globalization;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>A service's clock is wrong, ahead or behind, and then right again. The others' clocks are right all the time.</summary>
internal sealed class JumpClock(string replica, TimeSpan by) : Fault
{
    public override string Clock => replica;

    public override Task BeginAsync(Scene scene)
    {
        scene.Clocks!.Set(replica, by);
        return Task.CompletedTask;
    }

    /// <summary>The service lives by the wrong clock, as the dates of its answers tell.</summary>
    public override async Task MeanwhileAsync(Scene scene) => await Eventually.IsTrueAsync(
        $"the clock of {replica} is wrong",
        async () => (await scene.Replica(replica).DateAsync() - DateTimeOffset.UtcNow) / by is > 0.5 and < 1.5,
        () => scene.Replica(replica).Log);

    public override Task EndAsync(Scene scene)
    {
        scene.Clocks!.Set(replica, TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"clock of {replica} {Math.Abs(by.TotalSeconds)} s {(by > TimeSpan.Zero ? "ahead" : "behind")}");
}
