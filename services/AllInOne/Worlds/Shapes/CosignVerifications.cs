using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// What <c>cosign verify -o json</c> prints of a signature: the payload with what was found added to it, the certificate's identity and the
/// log's answer, and without the signature itself.
/// </summary>
internal static class CosignVerifications
{
    /// <summary>The output for one signature.</summary>
    public static Message Printed(Signing s)
    {
        ImageReference image = s.IsClaim ? s.Image : s.Image with { Tag = null };
        string critical = $$$"""{"identity":{"docker-reference":"{{{image}}}"},"image":{"docker-manifest-digest":"{{{s.Built.Digest}}}"},"type":"cosign container image signature"}""";
        string body = Ledgers.HashedRekord(s, $$"""{"critical":{{critical}},"optional":null}""");
        string leaf = Ledgers.Leaf(body);
        string? issuer = s.Key.Lineage.FirstOrDefault(l => l.StartsWith("oidc-issuer:", StringComparison.Ordinal));
        string found = s.Key.Identity is null ? "" : $$""","Issuer":"{{issuer![12..]}}","Subject":"{{s.Key.Identity}}" """.TrimEnd();
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.SignatureEnvelopeId, "rekor:" + leaf);
        fields.Say(Field.LedgerWriteTime, s.At.Text());
        fields.Say(Field.SignerIdentity, s.Key.Identity);
        fields.Say(Field.CertificateLineage, issuer);
        return Message.Of(
            "cosign-simplesigning",
            $$$"""[{"critical":{{{critical}}},"optional":{"Bundle":{"SignedEntryTimestamp":"{{{s.Salt.Base64()}}}","Payload":{"body":"{{{body.Base64()}}}","integratedTime":{{{s.At.Epoch()}}},"logIndex":{{{s.Index}}},"logID":"{{{s.Log}}}"}}{{{found}}}}}]""",
            Ledgers.Entry(s, s.Log, $"{s.Log}/{leaf}", s.At, fields) with { Image = image });
    }
}
