using System.Globalization;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>How large a run is.</summary>
/// <param name="Items">Notifications per measurement, and records of the ceiling.</param>
/// <param name="FewTuples">Tuples stored before the first measurement.</param>
/// <param name="ManyTuples">Tuples stored before the second one.</param>
/// <param name="LatencySeconds">How long the load of the latency measurement lasts.</param>
internal sealed record PipelineArguments(int Items, int FewTuples, int ManyTuples, int LatencySeconds)
{
    public const string Usage = "usage: pipeline [ITEMS [FEW-TUPLES [MANY-TUPLES [LATENCY-SECONDS]]]]    default: 40000 1000 200000 60";

    /// <summary>The arguments in order, or null where they are none.</summary>
    public static PipelineArguments? Parse(string[] args)
    {
        int[] values = [40_000, 1_000, 200_000, 60];
        for (int i = 0; i < args.Length; i++)
        {
            if (i >= values.Length || !int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]) || values[i] == 0)
            {
                return null;
            }
        }

        return new PipelineArguments(values[0], values[1], values[2], values[3]);
    }
}
