using System.Diagnostics;
using System.Globalization;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>
/// Notifications in over HTTP to ledgers and packages out, every service a process of its own, beside the ceiling: what
/// bare MassTransit carries on the same broker in the same run.
/// </summary>
internal sealed class PipelineRun(PipelineArguments arguments, BrokerNode broker, Services services, Ledgers ledgers)
{
    private const int Senders = 64;
    private const int ProbeEvery = 10;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(5);

    private readonly HttpLoad _load = new(services.Collectors, Senders);
    private readonly DateTimeOffset _end = DateTimeOffset.UtcNow.AddHours(-6);
    private int _stored;
    private int _round = 1;
    private int _fresh = 1_000_000;

    /// <summary>Runs it all and prints what came out.</summary>
    internal static async Task<int> MeasureAsync(string[] args)
    {
        if (PipelineArguments.Parse(args) is not { } arguments)
        {
            await Console.Error.WriteLineAsync(PipelineArguments.Usage);
            return 2;
        }

        Print($"machine            {Environment.ProcessorCount} processors, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before the run");
        using BrokerNode broker = await BrokerNode.StartAsync();
        string[] bodies = [.. Enumerable.Range(0, 200).SelectMany(r => Traffic.Of(r, 0, DateTimeOffset.UtcNow).Notifications).Select(s => s.Body)];
        Print($"payload            {bodies.Average(b => b.Length):N0} bytes a notification on average, one record each");
        double ceiling = await new Ceiling(broker).MeasureAsync(bodies, arguments.Items);
        Print($"ceiling            {ceiling:N0} records/s: bare MassTransit, one durable message per record, quorum queue");
        Tell("starting the services");
        using Services services = await Services.StartAsync(broker.Port);
        using var ledgers = new Ledgers(services.HandoffFile);
        await new PipelineRun(arguments, broker, services, ledgers).RunAsync(ceiling);
        return 0;
    }

    private async Task RunAsync(double ceiling)
    {
        Tell("warming up");
        await _load.SendAsync([.. Releases(arguments.Items / 2 / Traffic.PerRelease).SelectMany(r => r.Notifications)]);
        await StoreAsync(arguments.FewTuples);
        Tell("measuring throughput");
        double few = await ThroughputAsync(ceiling);
        Tell("measuring latency");
        await LatencyAsync(few / 2);
        await StoreAsync(arguments.ManyTuples);
        Tell("measuring throughput");
        double many = await ThroughputAsync(ceiling);
        Print($"flat               {many / few:P0} of the throughput with few tuples");
    }

    /// <summary>Fills up to a number of tuples, one push each.</summary>
    private async Task StoreAsync(int tuples)
    {
        Tell($"storing {tuples} tuples");
        Sent[] pushes = [.. Enumerable.Range(_stored, Math.Max(0, tuples - _stored)).Select(r => Traffic.Of(r, 0, _end.AddMinutes(-30)).Notifications[0])];
        await _load.SendAsync(pushes);
        await QuietAsync();
        _stored += pushes.Length;
    }

    private async Task<double> ThroughputAsync(double ceiling)
    {
        int before = _stored;
        ReleaseTraffic[] releases = Releases(arguments.Items / Traffic.PerRelease);
        Sent[] sent = [.. releases.SelectMany(r => r.Notifications)];
        long wire = broker.WireBytes();
        var usage = new UsageReport(services, broker);
        long start = Stopwatch.GetTimestamp();
        await _load.SendAsync(sent);
        double accepted = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double seconds = Stopwatch.GetElapsedTime(start, await QuietAsync()).TotalSeconds;
        string used = usage.Of(sent.Length, seconds);
        CheckComplete(releases);
        Print($"""

            stored             {before:N0} tuples before, {ledgers.Count().Ledgers:N0} ledgers and {ledgers.Count().Packages:N0} packages after
            throughput         {sent.Length / seconds:N0} notifications/s from the first request to the last ledger; taken with {sent.Length / accepted:N0}/s
            of the ceiling     {sent.Length / seconds / ceiling:F2}
            on the wire        {(double)(broker.WireBytes() - wire) / sent.Length:N0} bytes an item, in and out, by the broker's counters of its connections
            {used}
            """);
        return sent.Length / seconds;
    }

    /// <summary>The time from the answer to the last notification of a release to the ledger that rests on it, sampled.</summary>
    private async Task LatencyAsync(double perSecond)
    {
        int count = (int)(perSecond * arguments.LatencySeconds / Traffic.PerRelease);
        ReleaseTraffic[] releases = Releases(count);
        Sent[] sent = [.. releases.SelectMany(r => r.Notifications)];
        long[] answered = new long[sent.Length];
        Task sending = _load.SendAsync(sent, perSecond, answered);
        var outstanding = new HashSet<int>(Enumerable.Range(0, count).Where(r => r % ProbeEvery == 0));
        var latencies = new List<double>(outstanding.Count);
        while (outstanding.Count > 0)
        {
            foreach (int release in outstanding.Where(r => Volatile.Read(ref answered[Last(r)]) > 0).ToList())
            {
                if (ledgers.Mentions(releases[release], releases[release].Notifications[^1]))
                {
                    latencies.Add(Stopwatch.GetElapsedTime(answered[Last(release)]).TotalMilliseconds);
                    outstanding.Remove(release);
                }
            }

            await Task.Delay(ProbePause);
        }

        await sending;
        await QuietAsync();
        latencies.Sort();
        Print($"latency            p50 {At(0.50):N0} ms, p99 {At(0.99):N0} ms from 202 to ledger at {perSecond:N0} notifications/s, {latencies.Count:N0} samples");

        static int Last(int release) => (release * Traffic.PerRelease) + Traffic.PerRelease - 1;
        double At(double share) => latencies[(int)Math.Min(latencies.Count - 1, latencies.Count * share)];
    }

    /// <summary>Releases of tuples that are not stored yet, and one of four of a tuple that is.</summary>
    private ReleaseTraffic[] Releases(int count)
    {
        var releases = new ReleaseTraffic[count];
        int stride = Math.Max(1, _stored / Math.Max(1, count / 4));
        for (int i = 0; i < count; i++)
        {
            int known = i / 4 * stride;
            releases[i] = i % 4 == 0 && known < _stored ? Traffic.Of(known, _round, _end) : Traffic.Of(_fresh++, 0, _end);
        }

        _round++;
        return releases;
    }

    private async Task<long> QuietAsync() => await ledgers.QuietAsync(
        Quiet, async () => await services.WaitingAsync() == 0 && broker.Messages() == 0);

    private void CheckComplete(IEnumerable<ReleaseTraffic> releases)
    {
        int missing = releases.Sum(r => r.Notifications.Skip(1).Count(n => !ledgers.Mentions(r, n)));
        if (missing > 0)
        {
            throw new InvalidOperationException($"{missing} notifications are in no ledger");
        }
    }

    // On stderr, so that the report stays alone.
    private static void Tell(string step) => Console.Error.WriteLine(step);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
