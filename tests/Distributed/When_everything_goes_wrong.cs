using System.Diagnostics;
using ReleaseIntegrity.Tests.Distributed.Chaos;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// Services are killed and stand still, their clocks jump, their stores are locked and full, nodes of the broker die, stand
/// still, are cut off and parted and run out of disk, several of it at once, while generated worlds are sent. Afterwards nothing
/// that was accepted is missing, every item is accounted for, and ledgers and packages are those of an undisturbed run, byte for
/// byte. A seed decides; longer: <c>CHAOS_MINUTES=10 CHAOS_SEED=7 dotnet test …</c>.
/// </summary>
public sealed class When_everything_goes_wrong(ITestOutputHelper output)
{
    private static readonly Cast Few = new(Collectors: 1, Reconcilers: 2, Handoffs: 1);
    private static readonly Cast Many = new(Collectors: 2, Reconcilers: 2, Handoffs: 2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Nothing_is_lost_and_the_result_is_that_of_an_undisturbed_run()
    {
        LongRun.RequireChaos();
        Node.Require();
        var took = Stopwatch.StartNew();
        Cast cast = LongRun.Chaos > TimeSpan.Zero ? Many : Few;
        using Scene scene = await Scene.SetAsync(LongRun.ChaosSeed, LongRun.Chaos, cast);
        Tell($"seed {LongRun.ChaosSeed}; set up within {took.Elapsed.TotalSeconds:0} s; left out: {(scene.Missing.Count == 0 ? "nothing" : string.Join("; ", scene.Missing))}");
        foreach (Step step in scene.Plan)
        {
            Tell($"planned {step}");
        }

        await new Performance(scene, Tell).PlayAsync();

        Tell($"{took.Elapsed.TotalSeconds:0} s: the last fault has ended");
        Compared compared = await scene.Deployment.SameAsOfflineAsync(scene.Deployment.Handoff, scene.Load.Sent, scene.Load.Accepted, Patience);
        scene.NobodyEndedByItself();
        Tell($"{scene.Plan.Count} faults, {scene.Load.Worlds} worlds, {scene.Load.Refused} answers 503, {took.Elapsed.TotalSeconds:0} s: {compared}");
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        if (LongRun.ChaosLog is { } file)
        {
            lock (output)
            {
                File.AppendAllText(file, line + "\n");
            }
        }
    }
}
