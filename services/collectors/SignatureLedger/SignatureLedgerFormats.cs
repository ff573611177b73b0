using ReleaseIntegrity.Collectors.Formats.CloudEvents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>The formats that signature ledgers speak; their names are the endpoints and the folder names.</summary>
public static class SignatureLedgerFormats
{
    /// <summary>
    /// All of them, the shared <c>cloudevents</c> among them; stateless and safe to share between threads.
    /// </summary>
    public static IReadOnlyList<INormalizer> All() =>
    [
        new SigstoreBundleNormalizer(),
        new RekorV1Normalizer(),
        new CloudEventsNormalizer(Source.SignatureLedger),
    ];
}
