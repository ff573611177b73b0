using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>
/// Who signs: a certificate of a made-up authority, or a key that a key management system holds. Nothing of it verifies.
/// </summary>
internal sealed record SigningKey
{
    /// <summary>The key's id as its system names it; null where only the certificate or the key itself tells.</summary>
    public string? KeyId { get; init; }

    /// <summary>The certificate, DER; null for a bare key.</summary>
    public byte[]? Certificate { get; init; }

    /// <summary>The public key, DER (SubjectPublicKeyInfo).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The certificate's alternative name.</summary>
    public string? Identity { get; init; }

    /// <summary>The certificate's start of validity.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The certificate's issuer as documents spell its lineage; none for a bare key.</summary>
    public IReadOnlyList<string> Lineage { get; init; } = [];

    /// <summary>The certificate's fingerprint, lower-case hex; null for a bare key.</summary>
    public string? Fingerprint => Certificate is null ? null : Chance.Hash(Certificate);

    /// <summary>The key id, or what stands for it where nobody states one.</summary>
    public string KeyIdOrHash => KeyId ?? "spki-sha256:" + Chance.Hash(PublicKey);

    /// <summary>The certificate or the public key, PEM.</summary>
    public string Pem => Certificate is null ? Armour("PUBLIC KEY", PublicKey) : Armour("CERTIFICATE", Certificate);

    /// <summary>A key of a key management system, without a certificate.</summary>
    public static SigningKey Bare(Chance chance, int number) =>
        new() { KeyId = $"kms-prod-sign-{number:D2}", PublicKey = PublicKeyOf(chance) };

    /// <summary>A certificate for an identity, as Fulcio or a company's own authority issues them (RFC 5280).</summary>
    public static SigningKey Certified(Chance chance, string identity, DateTimeOffset notBefore, string? keyId)
    {
        var issuer = new X500DistinguishedName("CN=release-signing-ca, O=acme.example");
        const string Oidc = "https://token.acme.example/oidc";
        byte[] key = PublicKeyOf(chance);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteInteger(2);
                }

                writer.WriteInteger(new System.Numerics.BigInteger(chance.Bytes(12), isUnsigned: true) + 1);
                Algorithm(writer);
                writer.WriteEncodedValue(issuer.RawData);
                using (writer.PushSequence())
                {
                    writer.WriteUtcTime(notBefore);
                    writer.WriteUtcTime(notBefore.AddDays(90));
                }

                writer.WriteEncodedValue(new X500DistinguishedName("").RawData);
                writer.WriteEncodedValue(key);
                Extensions(writer, identity, Oidc);
            }

            Algorithm(writer);
            writer.WriteBitString(chance.Bytes(70));
        }

        return new SigningKey
        {
            KeyId = keyId,
            Certificate = writer.Encode(),
            PublicKey = key,
            Identity = identity,
            NotBefore = notBefore,
            Lineage = ["issuer-dn:" + issuer.Name, "oidc-issuer:" + Oidc],
        };
    }

    private static void Extensions(AsnWriter writer, string identity, string oidcIssuer)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
        using (writer.PushSequence())
        {
            Extension(writer, "2.5.29.17", names =>
            {
                using (names.PushSequence())
                {
                    names.WriteCharacterString(UniversalTagNumber.IA5String, identity, new Asn1Tag(TagClass.ContextSpecific, 6));
                }
            });
            Extension(writer, "1.3.6.1.4.1.57264.1.8", text => text.WriteCharacterString(UniversalTagNumber.UTF8String, oidcIssuer));
        }
    }

    private static void Extension(AsnWriter writer, string oid, Action<AsnWriter> value)
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        value(inner);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteOctetString(inner.Encode());
        }
    }

    private static void Algorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.10045.4.3.2");
        }
    }

    private static byte[] PublicKeyOf(Chance chance)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                writer.WriteObjectIdentifier("1.2.840.10045.3.1.7");
            }

            writer.WriteBitString([4, .. chance.Bytes(64)]);
        }

        return writer.Encode();
    }

    private static string Armour(string label, byte[] der)
    {
        var text = new StringBuilder($"-----BEGIN {label}-----\n");
        string base64 = Convert.ToBase64String(der);
        for (int i = 0; i < base64.Length; i += 64)
        {
            text.Append(base64, i, Math.Min(64, base64.Length - i)).Append('\n');
        }

        return text.Append($"-----END {label}-----\n").ToString();
    }
}
