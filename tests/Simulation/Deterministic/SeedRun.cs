using System.Diagnostics;
using Spectre.Console;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>Runs of many seeds, and of one case, at the command line.</summary>
internal static class SeedRun
{
    private const int StackBytes = 16 * 1024 * 1024;

    public static int Run(Request request)
    {
        long started = Stopwatch.GetTimestamp();
        var figures = new Figures(request, started);
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                ProgressTask seeds = progress.AddTask("seeds", maxValue: request.Seeds);
                Thread[] threads = [.. Enumerable.Range(0, request.Threads).Select(_ => new Thread(() => Work(request, figures, seeds), StackBytes))];
                Array.ForEach(threads, t => t.Start());
                Array.ForEach(threads, t => t.Join());
            });
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(
            $"{figures.Seeds:N0} seeds from {request.From} in {took:hh\\:mm\\:ss}, {figures.Seeds / took.TotalSeconds:N0} a second; {figures.Deliveries:N0} deliveries, {figures.Lost:N0} of them lost, {figures.Pins:N0} pins, {figures.Rebuilds:N0} rebuilds, {figures.Points:N0} points, {figures.Choices:N0} choices; {figures.Failing.Count} failing");
        foreach (Verdict verdict in figures.Failing)
        {
            Console.WriteLine($"{verdict.Case}  {verdict.Violation}");
            Console.WriteLine($"  dotnet run -c Release --project tests/Simulation/Deterministic -- replay {verdict.Case}");
        }

        return figures.Failing.Count == 0 ? 0 : 1;
    }

    public static int Replay(string text, bool quiet, bool shrink)
    {
        Verdict verdict = null!;
        var thread = new Thread(
            () =>
            {
                using var simulation = new Simulator();
                var @case = Case.Parse(text);
                if (shrink && simulation.Run(@case) is { Holds: false } failing)
                {
                    @case = new Shrinker(simulation).Shrink(failing).Case;
                }

                verdict = simulation.Run(@case, quiet ? null : Console.Out);
            },
            StackBytes);
        thread.Start();
        thread.Join();
        Console.WriteLine($"{verdict.Case}: {verdict.Violation ?? "everything holds"} ({verdict.Deliveries} deliveries, {verdict.Points} points, {verdict.Choices} choices)");
        return verdict.Holds ? 0 : 1;
    }

    private static void Work(Request request, Figures figures, ProgressTask progress)
    {
        using var simulation = new Simulator();
        while (figures.Next() is { } seed)
        {
            Verdict verdict = simulation.Run(new Case(seed));
            figures.Count(verdict, verdict.Holds ? null : request.Shrinks ? new Shrinker(simulation).Shrink(verdict) : verdict);
            progress.Increment(1);
        }
    }

    /// <summary>Which seeds.</summary>
    internal sealed record Request(ulong From, int Seeds, int Threads, int Failures, bool Shrinks, double Minutes);

    private sealed class Figures(Request request, long started)
    {
        private readonly Lock _lock = new();
        private int _next;

        public List<Verdict> Failing { get; } = [];

        public long Seeds { get; private set; }

        public long Points { get; private set; }

        public long Choices { get; private set; }

        public long Deliveries { get; private set; }

        public long Lost { get; private set; }

        public long Pins { get; private set; }

        public long Rebuilds { get; private set; }

        public ulong? Next()
        {
            lock (_lock)
            {
                bool goesOn = _next < request.Seeds && Failing.Count < request.Failures && Stopwatch.GetElapsedTime(started).TotalMinutes < request.Minutes;
                return goesOn ? request.From + (ulong)_next++ : null;
            }
        }

        public void Count(Verdict verdict, Verdict? shrunk)
        {
            lock (_lock)
            {
                Seeds++;
                Points += verdict.Points;
                Choices += verdict.Choices;
                Deliveries += verdict.Deliveries;
                Lost += verdict.Lost;
                Pins += verdict.Pins;
                Rebuilds += verdict.Rebuilds;
                if (shrunk is not null)
                {
                    Failing.Add(shrunk);
                }
            }
        }
    }
}
