using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>What the collectors of this process measure, as a metrics listener sees it.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, double Value, IReadOnlyDictionary<string, object?> Labels)> _seen = new();

    public Measured()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "ReleaseIntegrity.Collector")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => See(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => See(instrument, value, labels));
        _listener.Start();
    }

    /// <summary>The values of an instrument with a label, in order.</summary>
    public IReadOnlyList<double> Of(string instrument, string label, string value) =>
        [.. _seen.Where(s => s.Instrument == $"releaseintegrity.collector.{instrument}" && s.Labels.GetValueOrDefault(label) as string == value).Select(s => s.Value)];

    public void Dispose() => _listener.Dispose();

    private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _seen.Enqueue((instrument.Name, value, new Dictionary<string, object?>(labels.ToArray())));
}
