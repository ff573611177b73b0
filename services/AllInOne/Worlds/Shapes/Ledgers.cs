using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Making;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>One signature that a ledger records.</summary>
internal sealed record Signing
{
    public required ImageReference Image { get; init; }

    public required BuiltImage Built { get; init; }

    /// <summary>It names the tag, and so claims that the tag leads to the digest.</summary>
    public required bool IsClaim { get; init; }

    public required SigningKey Key { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    public required long Index { get; init; }

    /// <summary>The log's id, hex.</summary>
    public required string Log { get; init; }

    /// <summary>Random digits that make it different from every other.</summary>
    public required string Salt { get; init; }

    public required string PredicateType { get; init; }
}

/// <summary>
/// The ledgers of the world in the shapes of their entries: Sigstore bundles (alone, in GitHub's answer, as JSON lines), Rekor v1's
/// answer with the attestation stored, DSSE envelopes without a log, Cloud Build's, cosign's download and its verification, the Notary
/// Project's two, referrers, CDEvents, our own event.
/// </summary>
internal static class Ledgers
{
    public static IReadOnlyList<Func<Signing, Message>> All { get; } =
    [
        s => Bundled(s, "sigstore-bundle", b => b),
        s => Bundled(s, "github-attestation", b => $$"""{"attestations":[{"bundle":{{b}},"repository_id":42,"bundle_url":"https://store.acme.example/bundles/{{s.Salt}}?sig=x"}]}"""),
        s => Bundled(s, "intoto-slsa", b => b),
        RekorV1,
        s => Enveloped(s, "dsse", e => e),
        s => Enveloped(s, "intoto-slsa", e => $$$"""{"image_summary":{"digest":"{{{s.Built.Digest}}}","fully_qualified_digest":"{{{s.Image.Coordinates}}}@{{{s.Built.Digest}}}","registry":"{{{s.Image.Registry}}}"},"provenance_summary":{"provenance":[{"envelope":{{{e}}},"createTime":"{{{s.At.Text()}}}"}]}}"""),
        Cosign,
        CosignVerifications.Printed,
        Notations.Envelope,
        Notations.Manifest,
        s => Referrers.Bundle(s, "oci-referrers"),
        s => Referrers.Bundle(s, "oci-layout"),
        CdEvent,
        OwnEvent,
    ];

    /// <summary>An entry of a log's tile about a hash alone: true, and about no image that anybody names.</summary>
    public static Message Unrelated(Chance chance) => Message.Of(
        "rekor-v2", $$"""{"logIndex":"{{chance.Between(1, 90000)}}","logId":{"keyId":"{{Convert.ToBase64String(chance.Bytes(32))}}"},"kindVersion":{"kind":"hashedrekord","version":"0.0.2"},"canonicalizedBody":"{{$$$$$$"""{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"{{{{{{Convert.ToBase64String(chance.Bytes(32))}}}}}}"},"signature":{"content":"{{{{{{Convert.ToBase64String(chance.Bytes(70))}}}}}}","verifier":{}}}}}""".Base64()}}"}""");

    private static string Statement(Signing s)
    {
        string name = s.IsClaim ? s.Image.ToString() : s.Index % 2 == 0 ? s.Image.Coordinates : "artifact.tar";
        return $$$$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"{{{{{name}}}}}","digest":{"sha256":"{{{{{s.Built.Digest.Hex()}}}}}"}}],"predicateType":"{{{{{s.PredicateType}}}}}","predicate":{"buildDefinition":{"buildType":"https://acme.example/build/v1","externalParameters":{}},"runDetails":{"builder":{"id":"https://ci.acme.example/runner"},"metadata":{"invocationId":"{{{{{s.Salt}}}}}"}}}}""";
    }

    private static string Envelope(Signing s, bool withCertificate = false)
    {
        string certificate = withCertificate && s.Key.Certificate is not null ? $",\"cert\":{Json(s.Key.Pem)}" : "";
        return $$"""{"payload":"{{Statement(s).Base64()}}","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"{{Signature(s)}}","keyid":"{{s.Key.KeyId}}"{{certificate}}}]}""";
    }

    private static string Signature(Signing s) => ("signature " + s.Salt).Base64();

    private static Message Bundled(Signing s, string format, Func<string, string> wrap)
    {
        string envelope = Envelope(s);
        string hash = Chance.Hash(Encoding.UTF8.GetBytes(s.Index % 3 == 0 ? envelope + "\n" : envelope));
        string body = $$$"""{"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":"{{{hash}}}"},"payloadHash":{"algorithm":"sha256","value":"{{{Hash(Statement(s))}}}"},"signatures":[{"signature":"{{{Signature(s)}}}","verifier":"{{{s.Key.Pem.Base64()}}}"}]}}""";
        string material = s.Key.Certificate is { } der
            ? $$"""
            "certificate":{"rawBytes":"{{Convert.ToBase64String(der)}}"}
            """
            : $$"""
            "publicKey":{"hint":"{{s.Key.KeyId}}"}
            """;
        string bundle = $$"""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{{material}},"tlogEntries":[{"logIndex":"{{s.Index}}","logId":{"keyId":"{{Convert.ToBase64String(Convert.FromHexString(s.Log))}}"},"kindVersion":{"kind":"dsse","version":"0.0.1"},"integratedTime":"{{s.At.Epoch()}}","canonicalizedBody":"{{body.Base64()}}"}]},"dsseEnvelope":{{envelope}}}""";
        string leaf = Leaf(body);
        var fields = Signer(s);
        fields.Say(Field.SignatureEnvelopeId, "dsse-sha256:" + Hash(envelope), "rekor:" + leaf, "dsse-sha256:" + hash);
        fields.Say(Field.AttestationBundle, "sha256:" + Hash(bundle));
        fields.Say(Field.LedgerWriteTime, s.At.Text());
        return Message.Of(format, wrap(bundle), Entry(s, s.Log, $"{s.Log}/{leaf}", s.At, fields));
    }

    private static Message RekorV1(Signing s)
    {
        string hash = Hash(Envelope(s));
        string body = $$$$$"""{"apiVersion":"0.0.2","kind":"intoto","spec":{"content":{"envelope":{"payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"{{{{{s.Key.KeyId}}}}}","publicKey":"{{{{{s.Key.Pem.Base64()}}}}}","sig":"{{{{{Signature(s).Base64()}}}}}"}]},"hash":{"algorithm":"sha256","value":"{{{{{hash}}}}}"},"payloadHash":{"algorithm":"sha256","value":"{{{{{Hash(Statement(s))}}}}}"}}}}""";
        string leaf = Leaf(body);
        var fields = Signer(s);
        fields.Say(Field.SignatureEnvelopeId, "rekor:" + leaf, "dsse-sha256:" + hash);
        fields.Say(Field.LedgerWriteTime, s.At.Text());
        return Message.Of(
            "rekor-v1",
            $$$$"""{"108e9186e8c5677a{{{{leaf}}}}":{"attestation":{"data":"{{{{Statement(s).Base64()}}}}"},"body":"{{{{body.Base64()}}}}","integratedTime":{{{{s.At.Epoch()}}}},"logID":"{{{{s.Log}}}}","logIndex":{{{{s.Index}}}},"verification":{"signedEntryTimestamp":"{{{{s.Salt.Base64()}}}}"}}}""",
            Entry(s, s.Log, $"{s.Log}/{leaf}", s.At, fields));
    }

    private static Message Enveloped(Signing s, string format, Func<string, string> wrap)
    {
        string envelope = Envelope(s, withCertificate: true);
        string id = "dsse-sha256:" + Hash(envelope);
        var fields = Signer(s);
        fields.Say(Field.SignatureEnvelopeId, id);
        if (s.Key is { KeyId: null, Certificate: null })
        {
            fields.Remove(Field.SignerKeyId);
        }

        return Message.Of(format, wrap(envelope), Entry(s, "unlogged", id, null, fields) with { SignedAt = s.Key.NotBefore });
    }

    private static Message Cosign(Signing s)
    {
        string reference = s.IsClaim ? s.Image.ToString() : s.Image.Coordinates;
        string payload = $$$"""{"critical":{"identity":{"docker-reference":"{{{reference}}}"},"image":{"docker-manifest-digest":"{{{s.Built.Digest}}}"},"type":"cosign container image signature"},"optional":{"run":"{{{s.Salt}}}"}}""";
        string body = HashedRekord(s, payload);
        string leaf = Leaf(body);
        string certificate = s.Key.Certificate is { } der ? $$"""{"Raw":"{{Convert.ToBase64String(der)}}"}""" : "null";
        var fields = Signer(s with { Key = s.Key with { KeyId = null } });
        fields.Say(Field.SignatureEnvelopeId, "signature-sha256:" + Hash("signature " + s.Salt), "rekor:" + leaf);
        fields.Say(Field.LedgerWriteTime, s.At.Text());
        return Message.Of(
            "cosign-simplesigning",
            $$$"""{"Base64Signature":"{{{Signature(s)}}}","Payload":"{{{payload.Base64()}}}","Cert":{{{certificate}}},"Chain":null,"Bundle":{"SignedEntryTimestamp":"{{{s.Salt.Base64()}}}","Payload":{"body":"{{{body.Base64()}}}","integratedTime":{{{s.At.Epoch()}}},"logIndex":{{{s.Index}}},"logID":"{{{s.Log}}}"}},"RFC3161Timestamp":null}""",
            Entry(s, s.Log, $"{s.Log}/{leaf}", s.At, fields) with
            {
                Image = s.IsClaim ? s.Image : s.Image with { Tag = null },
                Children = [Digest.Parse("sha256:" + Hash(payload))],
            });
    }

    /// <summary>The log's entry of a signature over a payload.</summary>
    internal static string HashedRekord(Signing s, string payload) =>
        $$$$$"""{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"{{{{{Hash(payload)}}}}}"}},"signature":{"content":"{{{{{Signature(s)}}}}}","publicKey":{"content":"{{{{{s.Key.Pem.Base64()}}}}}"}}}}""";

    private static Message CdEvent(Signing s)
    {
        string id = "signature-sha256:" + Hash("signature " + s.Salt);
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.SignatureEnvelopeId, id);
        ImageReference image = s.IsClaim ? s.Image : s.Image with { Tag = null };
        return Message.Of(
            "cdevents",
            $$$$"""{"context":{"version":"0.4.1","id":"{{{{s.Salt}}}}","source":"https://sign.acme.example/","type":"dev.cdevents.artifact.signed.0.2.0","timestamp":"{{{{s.At.Text()}}}}"},"subject":{"id":"{{{{Spelling.PackageUrl(image, s.Built.Digest.Text)}}}}","type":"artifact","content":{"signature":"{{{{Signature(s)}}}}"}}}""",
            Entry(s, "sign.acme.example", id, s.At, fields) with { Image = image });
    }

    private static Message OwnEvent(Signing s)
    {
        string leaf = Hash(s.Salt);
        string id = "dsse-sha256:" + Hash("envelope " + s.Salt);
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.SignatureEnvelopeId, id);
        fields.Say(Field.SignerKeyId, s.Key.KeyId);
        fields.Say(Field.SignerIdentity, s.Key.Identity);
        fields.Say(Field.CertificateFingerprint, s.Key.Fingerprint);
        fields.Say(Field.LedgerWriteTime, s.At.Text());
        string stated = string.Join(',', fields.Select(f => f.Key is Field.SignatureEnvelopeId
            ? $"\"{WireNames.Of(f.Key)}\":[\"{f.Value[0]}\"]"
            : $"\"{WireNames.Of(f.Key)}\":\"{f.Value[0]}\""));
        string image = s.IsClaim ? $"\"image\":\"{s.Image}\"," : "";
        return Message.Of(
            "cloudevents",
            $$$$"""{"specversion":"1.0","id":"{{{{s.Salt}}}}","source":"/ledger","type":"dev.releaseintegrity.signature-ledger.observed.v1","time":"{{{{s.At.Text()}}}}","data":{"logId":"{{{{s.Log}}}}","leafHash":"{{{{leaf}}}}","revision":"{{{{s.Index}}}}","subjects":[{{{{{image}}}}"digest":"{{{{s.Built.Digest}}}}"}],"fields":{{{{{stated}}}}}}}""",
            Entry(s, s.Log, $"{s.Log}/{leaf}", s.At, fields));
    }

    internal static Statement Entry(Signing s, string instance, string record, DateTimeOffset? time, Dictionary<Field, IReadOnlyList<string>> fields) => new()
    {
        Source = Source.SignatureLedger,
        Instance = instance,
        Kind = RecordKind.LedgerEntry,
        Record = record,
        At = s.At,
        Time = time,
        SignedAt = time,
        Image = s.IsClaim ? s.Image : null,
        Digest = s.Built.Digest,
        Fields = fields,
    };

    internal static Dictionary<Field, IReadOnlyList<string>> Signer(Signing s)
    {
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.SignerKeyId, s.Key.KeyIdOrHash);
        fields.Say(Field.SignerIdentity, s.Key.Identity);
        fields.Say(Field.CertificateFingerprint, s.Key.Fingerprint);
        fields.Say(Field.CertificateLineage, [.. s.Key.Lineage]);
        return fields;
    }

    internal static string Hash(string text) => Chance.Hash(Encoding.UTF8.GetBytes(text));

    /// <summary>The leaf hash of an entry (RFC 6962 section 2.1).</summary>
    internal static string Leaf(string body) => Chance.Hash([0, .. Encoding.UTF8.GetBytes(body)]);

    internal static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
