using System.Globalization;
using System.Text;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>What each process used between two moments: services, broker, and this one, which is the load.</summary>
internal sealed class UsageReport(Services services, BrokerNode broker)
{
    private readonly IReadOnlyDictionary<string, ProcessUsage> _before = Now(services, broker);

    /// <summary>A line per process: CPU per item and as a share of one processor, and peak memory since its start.</summary>
    public string Of(int items, double seconds)
    {
        var text = new StringBuilder();
        foreach ((string name, ProcessUsage now) in Now(services, broker))
        {
            double cpu = (now.Cpu - _before[name].Cpu).TotalSeconds;
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-18} {cpu / items * 1e6,6:N0} us CPU an item, {cpu / seconds,5:P0} of a processor, peak {now.PeakBytes / 1048576.0,4:N0} MiB"));
        }

        return text.ToString().TrimEnd();
    }

    private static Dictionary<string, ProcessUsage> Now(Services services, BrokerNode broker) =>
        new(services.Usage())
        {
            ["broker"] = ProcessUsage.Of(broker.ProcessId),
            ["load generator"] = ProcessUsage.Of(Environment.ProcessId),
        };
}
