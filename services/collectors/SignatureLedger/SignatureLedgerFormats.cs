using ReleaseIntegrity.Collectors.Formats.CloudEvents;
using ReleaseIntegrity.Collectors.SignatureLedger.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>The formats that signature ledgers speak; their names are the endpoints and the folder names.</summary>
public static class SignatureLedgerFormats
{
    /// <summary>
    /// All of them, the shared <c>cloudevents</c> among them; stateless and safe to share between threads. <c>oci-layout</c> is
    /// another name of <c>oci-referrers</c>.
    /// </summary>
    public static IReadOnlyList<INormalizer> All() =>
    [
        new SigstoreBundleNormalizer(),
        new RekorV1Normalizer(),
        new RekorV2Normalizer(),
        new DsseNormalizer(),
        new InTotoSlsaNormalizer(),
        new CosignSimpleSigningNormalizer(),
        new OciReferrersNormalizer("oci-referrers"),
        new OciReferrersNormalizer("oci-layout"),
        new NotationNormalizer(),
        new GitHubAttestationNormalizer(),
        new FulcioNormalizer(),
        new SignedEventsNormalizer(),
        new CloudEventsNormalizer(Source.SignatureLedger),
    ];
}
