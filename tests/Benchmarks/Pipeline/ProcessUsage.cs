using System.Globalization;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>What a process has used so far, read from <c>/proc</c>.</summary>
/// <param name="Cpu">User and system time, all threads; ended children are not in it.</param>
/// <param name="PeakBytes">Greatest resident memory (<c>VmHWM</c>).</param>
internal readonly record struct ProcessUsage(TimeSpan Cpu, long PeakBytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux fixes for /proc on every architecture that .NET runs on

    /// <summary>Reads it; <c>default</c> when the process has ended.</summary>
    public static ProcessUsage Of(int processId)
    {
        try
        {
            // The command's name stands in parentheses and may contain anything.
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            double ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
            string peak = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            long kilobytes = long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            return new ProcessUsage(TimeSpan.FromSeconds(ticks / TicksPerSecond), kilobytes * 1024);
        }
        catch (IOException)
        {
            return default;
        }
    }
}
