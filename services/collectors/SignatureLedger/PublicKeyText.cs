using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Public keys as log entries carry them: PEM (RFC 7468), base64 of PEM, or base64 of a DER
/// <c>SubjectPublicKeyInfo</c> (RFC 5280 section 4.1).
/// </summary>
internal static class PublicKeyText
{
    /// <summary>The prefix of a key id that is the SHA-256 of a <c>SubjectPublicKeyInfo</c>.</summary>
    public const string KeyIdPrefix = "spki-sha256:";

    /// <summary>Whether a verifier, which may be either, is a certificate in PEM.</summary>
    public static bool IsCertificate(Node node) =>
        Pem(node)?.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal) ?? false;

    /// <summary>The key's id, <c>spki-sha256:</c> and hex; null where the node holds no public key.</summary>
    public static string? KeyId(Node node)
    {
        byte[]? der = null;
        if (Pem(node) is { } text)
        {
            if (PemEncoding.TryFind(text, out PemFields fields) && text.AsSpan()[fields.Label] is "PUBLIC KEY")
            {
                Base64Text.TryDecode(text[fields.Base64Data], out der);
            }
        }
        else if (node.String is { } base64)
        {
            Base64Text.TryDecode(base64, out der);
        }

        return der is not null && IsSubjectPublicKeyInfo(der)
            ? KeyIdPrefix + Convert.ToHexStringLower(SHA256.HashData(der))
            : null;
    }

    private static string? Pem(Node node)
    {
        const string Begin = "-----BEGIN ";
        if (node.String is not { } text)
        {
            return null;
        }

        if (!text.Contains(Begin, StringComparison.Ordinal))
        {
            text = Base64Text.TryDecode(text, out byte[] bytes) ? Encoding.Latin1.GetString(bytes) : "";
        }

        return text.Contains(Begin, StringComparison.Ordinal) ? text : null;
    }

    private static bool IsSubjectPublicKeyInfo(byte[] der)
    {
        try
        {
            var whole = new AsnReader(der, AsnEncodingRules.DER);
            AsnReader info = whole.ReadSequence();
            info.ReadSequence().ReadObjectIdentifier();
            info.ReadBitString(out _);
            return !info.HasData && !whole.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
