using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Contracts;
using Delivery = ReleaseIntegrity.Worlds.Delivery;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>A world's deliveries as the collectors read them: each notification once, each delivery stamped with its receipt.</summary>
internal sealed class WorldEvidence
{
    private static readonly Dictionary<(Source, string), INormalizer> Normalizers = FormatTable.Shipped().All
        .SelectMany(f => f.Sources.Select(s => (s, f.Format)))
        .ToDictionary(k => k, k => FormatTable.Shipped().Find($"{WireNames.Of(k.s)}/{k.Format}")[0]);

    /// <summary>The observations of a delivery.</summary>
    public static IReadOnlyList<Observation> Read(Delivery delivery) =>
    [
        .. Normalizers[(delivery.Source, delivery.Format)].Normalise(new Notification
        {
            Source = delivery.Source,
            Format = delivery.Format,
            Headers = delivery.Headers,
            Body = delivery.Body,
            ReceivedAt = delivery.ReceivedAt,
        }).OfType<NormalisedItem.Observed>().Select(o => o.Observation),
    ];
}
