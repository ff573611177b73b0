using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.Tests.Worlds;

/// <summary>The collectors' own readers.</summary>
internal static class Normalisers
{
    private static readonly Dictionary<(Source, string), INormalizer> All = new INormalizer[][]
    {
        [.. ArtifactRegistryFormats.All()], [.. SignatureLedgerFormats.All()],
        [.. ChangeSnapshotFormats.All(FieldMappings.Default)], [.. RuntimeValidationFormats.All(new RuntimeValidationOptions())],
    }.SelectMany(n => n).ToDictionary(n => (n.Source, n.Format));

    public static IReadOnlyList<NormalisedItem> Read(Delivery delivery) => All[(delivery.Source, delivery.Format)].Normalise(new Notification
    {
        Source = delivery.Source,
        Format = delivery.Format,
        Headers = delivery.Headers,
        Body = delivery.Body,
        ReceivedAt = delivery.ReceivedAt,
    });
}
