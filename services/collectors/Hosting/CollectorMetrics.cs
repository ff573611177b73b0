using System.Diagnostics;
using System.Diagnostics.Metrics;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>
/// What a collector counts; the meter is <c>ReleaseIntegrity.Collector</c>. Labels are names that the collector itself
/// knows (source, format, outcome, the configured name of a resync): never a value out of a payload or a URL.
/// </summary>
internal sealed class CollectorMetrics(Source source)
{
    internal const string MeterName = "ReleaseIntegrity.Collector";
    internal const string UnknownFormat = "unknown";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Notifications = Meter.CreateCounter<long>(
        "releaseintegrity.collector.notifications", "{notification}",
        "Notifications by answer: accepted, redelivered, unauthenticated, forbidden, undecided, validated, unknown-format, too-large, encoded, full, stopping or failed.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "releaseintegrity.collector.authentication.refused", "{request}",
        "Requests that were not let in, by format or endpoint, scheme, and reason: missing, wrong, untimely, not-local or undecided.");

    private static readonly Counter<long> Items = Meter.CreateCounter<long>(
        "releaseintegrity.collector.items", "{item}", "Items normalised, by outcome.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "releaseintegrity.collector.normalise.duration", "s", "Time to normalise one notification.");

    private static readonly Counter<long> Resyncs = Meter.CreateCounter<long>(
        "releaseintegrity.collector.resyncs", "{question}",
        "Questions to sources by how they ended: answered, or the trouble.");

    private static readonly Counter<long> Fetched = Meter.CreateCounter<long>(
        "releaseintegrity.collector.resync.documents", "{document}", "Documents that a resync fetched and that were not known.");

    private static readonly Gauge<double> Silence = Meter.CreateGauge<double>(
        "releaseintegrity.collector.resync.silence", "s", "Since the source last answered anything.");

    private static readonly Gauge<double> Gap = Meter.CreateGauge<double>(
        "releaseintegrity.collector.resync.gap", "s", "For how long what pushes lost has not been made up for; 0 while the source answers in time.");

    private static readonly Counter<long> Retention = Meter.CreateCounter<long>(
        "releaseintegrity.collector.retention", "{notification}",
        "Notifications that were due to be let go, by outcome: released, or referred where a ledger may refer to them.");

    private static readonly Counter<long> RetentionUnanswered = Meter.CreateCounter<long>(
        "releaseintegrity.collector.retention.unanswered", "{question}", "Looks that ended because the reconciler did not say what is referred to.");

    private static readonly Gauge<long> KeptBytes = Meter.CreateGauge<long>(
        "releaseintegrity.collector.kept", "By", "Bytes of kept bodies, as the retention saw them last.");

    private readonly string _source = WireNames.Of(source);

    public void Answered(string format, string answer) =>
        Notifications.Add(1, new TagList { { "source", _source }, { "format", format }, { "answer", answer } });

    public void Refused(string endpoint, string scheme, string reason) => Refusals.Add(
        1, new TagList { { "source", _source }, { "endpoint", endpoint }, { "scheme", scheme }, { "reason", reason } });

    public void Normalised(string format, string outcome, long items) =>
        Items.Add(items, new TagList { { "source", _source }, { "format", format }, { "outcome", outcome } });

    public void Resynced(string name, string outcome, int documents)
    {
        Resyncs.Add(1, new TagList { { "source", _source }, { "name", name }, { "outcome", outcome } });
        Fetched.Add(documents, new TagList { { "source", _source }, { "name", name } });
    }

    public void Stands(string name, TimeSpan silence, TimeSpan gap)
    {
        var labels = new TagList { { "source", _source }, { "name", name } };
        Silence.Record(silence.TotalSeconds, labels);
        Gap.Record(gap.TotalSeconds, labels);
    }

    public void Retained(int released, int referred, long keptBytes)
    {
        Retention.Add(released, new TagList { { "source", _source }, { "outcome", "released" } });
        Retention.Add(referred, new TagList { { "source", _source }, { "outcome", "referred" } });
        KeptBytes.Record(keptBytes, new TagList { { "source", _source } });
    }

    public void Unanswered() => RetentionUnanswered.Add(1, new TagList { { "source", _source } });

    public void Took(string format, TimeSpan time) =>
        Duration.Record(time.TotalSeconds, new TagList { { "source", _source }, { "format", format } });
}
