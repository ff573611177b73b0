using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// Signatures of the Notary Project: the envelope as JWS (signature-envelope-jws.md), and the manifest that keeps it in a registry
/// (signature-specification.md, "Storage"). They name a digest and no tag, and no log has them.
/// </summary>
internal static class Notations
{
    /// <summary>The envelope. A bare key leaves its chain of certificates out.</summary>
    public static Message Envelope(Signing s)
    {
        string chain = s.Key.Certificate is { } der ? $",\"x5c\":[\"{Convert.ToBase64String(der)}\"]" : "";
        string body = $$$"""{"payload":"{{{Url(Payload(s))}}}","protected":"{{{Url(Header(s))}}}","header":{"io.cncf.notary.signingAgent":"acme-sign/2.1"{{{chain}}}},"signature":"{{{Url("signature " + s.Salt)}}}"}""";
        string id = "signature-sha256:" + Ledgers.Hash("signature " + s.Salt);
        Dictionary<Field, IReadOnlyList<string>> fields = s.Key.Certificate is null ? [] : Ledgers.Signer(s with { Key = s.Key with { KeyId = null } });
        fields.Say(Field.SignatureEnvelopeId, id);
        fields.Say(Field.AttestationBundle, "sha256:" + Ledgers.Hash(body));
        return Message.Of("notation", body, Ledgers.Entry(s, "unlogged", id, null, fields) with { Image = null, SignedAt = s.At });
    }

    /// <summary>The manifest, with the thumbprint of the certificate.</summary>
    public static Message Manifest(Signing s)
    {
        string thumbprints = s.Key.Fingerprint is { } print ? $"\"io.cncf.notary.x509chain.thumbprint#S256\":\"[\\\"{print}\\\"]\"," : "";
        string body = Referrers.Manifest(
            s, "application/vnd.cncf.notary.signature", "application/jose+json", "sha256:" + Ledgers.Hash("envelope " + s.Salt), thumbprints);
        string id = "manifest:sha256:" + Ledgers.Hash(body);
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.SignatureEnvelopeId, id);
        fields.Say(Field.CertificateFingerprint, s.Key.Fingerprint);
        return Message.Of("notation", body, Ledgers.Entry(s, "unlogged", id, null, fields) with { Image = null, SignedAt = s.At });
    }

    private static string Payload(Signing s) =>
        $$$"""{"targetArtifact":{"mediaType":"{{{s.Built.MediaType}}}","digest":"{{{s.Built.Digest}}}","size":{{{s.Built.Document.Length}}}}}""";

    private static string Header(Signing s) =>
        $$"""{"alg":"ES256","crit":["io.cncf.notary.signingScheme"],"cty":"application/vnd.cncf.notary.payload.v1+json","io.cncf.notary.signingScheme":"notary.x509","io.cncf.notary.signingTime":"{{s.At.Text()}}"}""";

    private static string Url(string text) => text.Base64().TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
