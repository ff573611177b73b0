using System.Diagnostics.Metrics;
using System.Globalization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>
/// The four figures as gauges, over all tuples and, with the label <c>train</c>, over each of the trains about which something
/// was handed off last. They are summed up from rows every half minute, so every replica shows the same, also after a restart.
/// A train whose name is masked in one of its ledgers is left out: labels hold no secret.
/// </summary>
internal sealed class EvaluationMetrics : BackgroundService
{
    private const int TrainLimit = 20;
    private const double MsPerSecond = 1000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly double[] Quantiles = [0.5, 0.9, 1];

    private readonly HandoffStore _store;
    private readonly MaskedDocuments _documents;
    private readonly TimeProvider _clock;
    private readonly ILogger<EvaluationMetrics> _logger;
    private volatile IReadOnlyList<(string? Train, Figures Figures)> _shown = [];

    public EvaluationMetrics(
        HandoffStore store, MaskedDocuments documents, IMeterFactory meters, TimeProvider clock, ILogger<EvaluationMetrics> logger)
    {
        _store = store;
        _documents = documents;
        _clock = clock;
        _logger = logger;
        Meter meter = meters.Create("ReleaseIntegrity.Handoff");
        meter.CreateObservableGauge(
            "releaseintegrity.evaluation.time_to_ledger", () => Show(Spans), "s", "From a conflict to the first package that shows it, by quantile.");
        meter.CreateObservableGauge(
            "releaseintegrity.evaluation.episodes", () => Show(f => [new Point(f.SpanCount)]), "{conflict}", "Conflicts that a package shows, over which the quantiles are.");
        meter.CreateObservableGauge(
            "releaseintegrity.evaluation.fields", () => Show(Fields), "{field}", "Fields that stewards judged, by field and judgement.");
        meter.CreateObservableGauge(
            "releaseintegrity.evaluation.conflicts", () => Show(Conflicts), "{conflict}", "Fields in conflict, by what became of them.");
        meter.CreateObservableGauge(
            "releaseintegrity.evaluation.packages", () => Show(Packages), "{package}", "Packages, by how they came.");
    }

    /// <summary>Sums the figures up anew.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken) => _shown = await _store.ReadAsync(
        async snapshot =>
        {
            var shown = new List<(string? Train, Figures Figures)> { (null, await EvaluationQueries.FiguresAsync(snapshot, null, RepositoryScope.Everything)) };
            foreach (string train in await EvaluationQueries.TrainsAsync(snapshot, TrainLimit))
            {
                if (await IsShownAsync(snapshot, train))
                {
                    shown.Add((train, await EvaluationQueries.FiguresAsync(snapshot, train, RepositoryScope.Everything)));
                }
            }

            return shown;
        },
        cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _logger.LogWarning(e, "Evaluation: the figures could not be summed up; again in {Delay}", Every);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Every, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> IsShownAsync(StoreSnapshot snapshot, string train) =>
        (await HandoffQueries.LedgersAsync(snapshot, new LedgerFilter { ReleaseTrain = train }, 0, 1))
            .All(l => _documents.Of(l).View.For(WireNames.Of(Field.ReleaseTrain))?.Authoritative?.Single == train);

    private List<Measurement<double>> Show(Func<Figures, IEnumerable<Point>> of) =>
    [
        .. _shown.SelectMany(s => of(s.Figures), (s, point) => new Measurement<double>(
            point.Value,
            (s.Train is null ? point.Labels : [("train", s.Train), .. point.Labels]).Select(l => new KeyValuePair<string, object?>(l.Name, l.Value)))),
    ];

    private static IEnumerable<Point> Spans(Figures figures) => figures.SpanCount == 0
        ? []
        : Quantiles.Select(q => new Point(figures.Quantile(q) / MsPerSecond, ("quantile", q.ToString(CultureInfo.InvariantCulture))));

    private static IEnumerable<Point> Fields(Figures figures) => figures.Fields.SelectMany(f => (Point[])
    [
        new(f.Accepted, ("field", f.Field), ("judgement", "accepted")),
        new(f.Refused, ("field", f.Field), ("judgement", "refused")),
        new(f.FromHold, ("field", f.Field), ("judgement", "pinned-from-hold")),
    ]);

    private static IEnumerable<Point> Conflicts(Figures figures) =>
    [
        new(figures.Held, ("route", "held")), new(figures.Ruled, ("route", "decided-by-rule")),
        new(figures.Converging, ("route", "converging")), new(figures.Overwritten, ("route", "overwritten")),
    ];

    private static IEnumerable<Point> Packages(Figures figures) =>
    [
        new(figures.Packages, ("kind", "received")), new(figures.Late, ("kind", "out-of-order")), new(figures.Missing, ("kind", "missing")),
        new(figures.Contradicted, ("kind", "contradicted")), new(figures.Rederived, ("kind", "rederived-otherwise")),
    ];

    private sealed record Point(double Value, params (string Name, string Value)[] Labels);
}
