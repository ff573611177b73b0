using System.Diagnostics;
using System.Diagnostics.Metrics;
using ReleaseIntegrity.Reconciling.Folding;

namespace ReleaseIntegrity.Reconciling;

/// <summary>What the reconciler counts, under the meter <c>ReleaseIntegrity.Reconciler</c>.</summary>
public sealed class ReconcilerMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "ReleaseIntegrity.Reconciler";

    private readonly Counter<long> _observations;
    private readonly Counter<long> _tuples;
    private readonly Counter<long> _packages;
    private readonly Counter<long> _holds;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _rederived;
    private readonly Counter<long> _repeated;
    private readonly Histogram<double> _duration;

    /// <summary>Makes the instruments.</summary>
    public ReconcilerMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _observations = meter.CreateCounter<long>("releaseintegrity.fold.observations", "{observation}", "Observations folded.");
        _tuples = meter.CreateCounter<long>("releaseintegrity.fold.tuples", "{tuple}", "Tuples reconciled, by outcome.");
        _packages = meter.CreateCounter<long>("releaseintegrity.packages", "{package}", "Packages, by what happened to them.");
        _holds = meter.CreateCounter<long>("releaseintegrity.holds", "{hold}", "Holds, by what happened to them.");
        _retries = meter.CreateCounter<long>("releaseintegrity.fold.retries", "{attempt}", "Folds that met another writer.");
        _quarantined = meter.CreateCounter<long>("releaseintegrity.fold.quarantined", "{message}", "Messages that alone could not be folded.");
        _rederived = meter.CreateCounter<long>(
            "releaseintegrity.rebuild.ledgers", "{ledger}", "Ledgers derived again for a rebuild: same, due (a transition had come), or contradicted.");
        _repeated = meter.CreateCounter<long>("releaseintegrity.rebuild.packages", "{package}", "Packages sent again for a rebuild.");
        _duration = meter.CreateHistogram<double>("releaseintegrity.fold.duration", "s", "Time of one fold, its commit included.");
    }

    internal void Folded(Folded folded, TimeSpan elapsed)
    {
        _observations.Add(folded.Observations);
        Count(_tuples, "changed", folded.Changed);
        Count(_tuples, "unchanged", folded.Tuples - folded.Changed);
        Count(_packages, "prepared", folded.Prepared);
        Count(_packages, "closed", folded.Closed);
        Count(_holds, "opened", folded.Opened);
        Count(_holds, "released", folded.Released);
        _duration.Record(elapsed.TotalSeconds);
    }

    internal void Retried() => _retries.Add(1);

    internal void Quarantined() => _quarantined.Add(1);

    internal void Rebuilt(int same, int due, int contradicted, int packages)
    {
        Count(_rederived, "same", same);
        Count(_rederived, "due", due);
        Count(_rederived, "contradicted", contradicted);
        _repeated.Add(packages);
    }

    private static void Count(Counter<long> counter, string outcome, long count)
    {
        if (count > 0)
        {
            counter.Add(count, new TagList { { "outcome", outcome } });
        }
    }
}
