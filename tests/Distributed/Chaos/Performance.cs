using System.Diagnostics;
using System.Globalization;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>Plays the plan of a scene while the sources send.</summary>
/// <param name="scene">The scene.</param>
/// <param name="tell">Where it says what happened, and when.</param>
internal sealed class Performance(Scene scene, Action<string> tell)
{
    private readonly Stopwatch _clock = new();

    /// <summary>Returns when the last fault has ended and everything that was sent is accepted.</summary>
    public async Task PlayAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task sending = scene.Load.RunAsync(stop.Token);
        await scene.Load.IsUnderWayAsync(() => scene.Deployment.Log);
        _clock.Start();
        Task[] parts = [.. scene.Plan.GroupBy(s => s.Part).Select(part => PlayAsync(part, stop.Token))];
        try
        {
            await AllAsync(parts, sending);
            scene.Load.Finish();
            await sending;
            scene.NobodyEndedByItself();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll([sending, .. parts]).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Returns when all parts are over; the first failure, of the sources as well, ends it.</summary>
    private static async Task AllAsync(IEnumerable<Task> parts, Task sending)
    {
        Task played = Task.Run(async () =>
        {
            await foreach (Task part in Task.WhenEach(parts))
            {
                await part;
            }
        });
        await await Task.WhenAny(played, sending);
    }

    private async Task PlayAsync(IEnumerable<Step> part, CancellationToken stop)
    {
        foreach (Step step in part)
        {
            if (step.At - _clock.Elapsed is var early && early > TimeSpan.Zero)
            {
                await Task.Delay(early, stop);
            }

            stop.ThrowIfCancellationRequested();
            TimeSpan began = _clock.Elapsed;
            int before = scene.Load.Accepted.Count;
            await step.Fault.BeginAsync(scene);
            try
            {
                await Task.WhenAll(Task.Delay(step.Lasts, stop), step.Fault.MeanwhileAsync(scene));
                scene.NobodyEndedByItself();
            }
            finally
            {
                await step.Fault.EndAsync(scene);
            }

            tell(string.Create(CultureInfo.InvariantCulture, $"{began.TotalSeconds,7:0.0} s to {_clock.Elapsed.TotalSeconds,6:0.0} s  {step.Fault}; meanwhile {scene.Load.Accepted.Count - before} accepted"));
        }
    }
}
