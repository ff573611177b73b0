using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Export;

/// <summary>How the check of an envelope ended.</summary>
public enum VerificationOutcome
{
    /// <summary>The payload is what the key's holder signed.</summary>
    Verified,

    /// <summary>No DSSE envelope: no JSON, or members are missing, stated twice or of another kind.</summary>
    NotAnEnvelope,

    /// <summary>The payload is of another type than a package.</summary>
    OtherPayloadType,

    /// <summary>No signature names the key.</summary>
    OtherKey,

    /// <summary>A signature names the key and isn't one of it over this payload and type: one of them was changed.</summary>
    SignatureBroken,
}

/// <summary>
/// Checks an exported package without the service. It says that the document is the one that the service signed; never that
/// the artifact's own signatures are good, which nothing here looks at.
/// </summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="MaskedJson">The document; null unless verified.</param>
/// <param name="KeyId">Id of the key that was asked for.</param>
public sealed record PackageVerification(VerificationOutcome Outcome, string? MaskedJson, string KeyId)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Checks an envelope against a public key that is trusted, never one that came with the envelope.</summary>
    /// <exception cref="ExportKeyException">That is no public key of P-256 in PEM.</exception>
    public static PackageVerification Of(string envelopeJson, string publicKeyPem)
    {
        using ECDsa key = ReadPublic(publicKeyPem);
        string keyId = ExportKey.IdOf(key);
        if (Read(envelopeJson) is not { } envelope)
        {
            return new(VerificationOutcome.NotAnEnvelope, null, keyId);
        }

        if (envelope.Type != PackageEnvelope.PayloadType)
        {
            return new(VerificationOutcome.OtherPayloadType, null, keyId);
        }

        byte[][] signatures = [.. envelope.Signatures.Where(s => s.KeyId == keyId).Select(s => s.Signature)];
        if (signatures.Length == 0)
        {
            return new(VerificationOutcome.OtherKey, null, keyId);
        }

        byte[] signed = PackageEnvelope.PreAuthenticated(envelope.Type, envelope.Payload);
        return signatures.Any(s => key.VerifyData(signed, s, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            ? new(VerificationOutcome.Verified, Encoding.UTF8.GetString(envelope.Payload), keyId)
            : new(VerificationOutcome.SignatureBroken, null, keyId);
    }

    private static ECDsa ReadPublic(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return ExportKey.IsP256(key) ? key : throw new CryptographicException("another curve");
        }
        catch (Exception bad) when (bad is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ExportKeyException("that is no public key of P-256 in PEM; ExportCorrectionPackage returns the service's as public_key_pem", bad);
        }
    }

    private static (string Type, byte[] Payload, IReadOnlyList<(string KeyId, byte[] Signature)> Signatures)? Read(string json)
    {
        try
        {
            JsonNode envelope = JsonNode.Parse(json, documentOptions: Strict)!;
            return ((string)envelope["payloadType"]!, Bytes(envelope["payload"]!), [.. envelope["signatures"]!.AsArray()
                .Select(s => ((string?)s!["keyid"] ?? "", Bytes(s["sig"]!)))]);
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Base64, of which the specification lets a verifier meet both alphabets.</summary>
    private static byte[] Bytes(JsonNode text) => Convert.FromBase64String(((string)text!).Replace('-', '+').Replace('_', '/'));
}
