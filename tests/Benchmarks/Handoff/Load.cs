using System.Diagnostics;

namespace ReleaseIntegrity.Benchmarks.Handoff;

/// <summary>Some callers, each with one call after the other.</summary>
internal static class Load
{
    /// <summary>Calls for a while.</summary>
    public static async Task<Result> RunAsync(Func<int, Task<int>> call, int callers, TimeSpan duration)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        List<double>[] taken = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var milliseconds = new List<double>(4096);
            for (int i = caller; Stopwatch.GetElapsedTime(start) < duration; i += callers)
            {
                long begun = Stopwatch.GetTimestamp();
                await call(i);
                milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return milliseconds;
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double used = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
        double[] all = [.. taken.SelectMany(t => t).Order()];
        return new Result(all.Length / seconds, all[all.Length / 2], all[(int)(all.Length * 0.99)], used / all.Length);
    }

    /// <summary>The round in the middle.</summary>
    public static Result Median(IEnumerable<Result> rounds)
    {
        Result[] ordered = [.. rounds.OrderBy(r => r.PerSecond)];
        return ordered[ordered.Length / 2];
    }

    /// <param name="PerSecond">Calls a second.</param>
    /// <param name="P50Milliseconds">Half of them took at most this.</param>
    /// <param name="P99Milliseconds">All but one in a hundred took at most this.</param>
    /// <param name="CpuMicroseconds">CPU time of a call, client and server together, garbage collection included.</param>
    internal readonly record struct Result(double PerSecond, double P50Milliseconds, double P99Milliseconds, double CpuMicroseconds);
}
