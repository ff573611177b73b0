using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// Signatures that a registry keeps beside the image, as manifests that refer to it (distribution-spec, "Listing Referrers"; cosign
/// BUNDLE_SPEC.md), as a resync reads them or as <c>cosign save</c> leaves them in a layout. They name a digest and no tag.
/// </summary>
internal static class Referrers
{
    private const string BundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>A manifest whose one layer is a bundle.</summary>
    public static Message Bundle(Signing s, string format)
    {
        string blob = "sha256:" + Ledgers.Hash("bundle " + s.Salt);
        string body = Manifest(
            s, BundleType, BundleType, blob, $"\"dev.sigstore.bundle.content\":\"dsse-envelope\",\"dev.sigstore.bundle.predicateType\":\"{s.PredicateType}\",");
        string id = "manifest:sha256:" + Ledgers.Hash(body);
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.SignatureEnvelopeId, id);
        fields.Say(Field.AttestationBundle, blob);
        return Message.Of(format, body, Ledgers.Entry(s, "unlogged", $"{id}/{blob}", null, fields) with { Image = null, SignedAt = s.At });
    }

    /// <summary>A manifest that refers to the image.</summary>
    /// <param name="s">The signing.</param>
    /// <param name="artifactType">What it is.</param>
    /// <param name="mediaType">What its layer is.</param>
    /// <param name="blob">The layer's digest.</param>
    /// <param name="annotations">Annotations beside the time, each with a comma behind it.</param>
    public static string Manifest(Signing s, string artifactType, string mediaType, string blob, string annotations) =>
        $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"{{{artifactType}}}","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"{{{mediaType}}}","digest":"{{{blob}}}","size":4711}],"subject":{"mediaType":"{{{s.Built.MediaType}}}","digest":"{{{s.Built.Digest}}}","size":{{{s.Built.Document.Length}}}},"annotations":{{{{annotations}}}"org.opencontainers.image.created":"{{{s.At.Text()}}}"}}""";
}
