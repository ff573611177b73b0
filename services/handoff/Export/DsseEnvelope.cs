using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Export;

/// <summary>
/// A DSSE envelope, version 1.0.2 (https://github.com/secure-systems-lab/dsse, <c>envelope.md</c> and <c>protocol.md</c>):
/// bytes with their type, signed together. Signatures are ECDSA P-256 over SHA-256, in the ASN.1 form.
/// </summary>
/// <param name="PayloadType">What the payload is.</param>
/// <param name="Payload">Its bytes, in base64.</param>
/// <param name="Signatures">At least one.</param>
public sealed record DsseEnvelope(
    [property: JsonPropertyName("payloadType")] string PayloadType,
    [property: JsonPropertyName("payload")] string Payload,
    [property: JsonPropertyName("signatures")] IReadOnlyList<DsseSignature> Signatures)
{
    /// <summary>The type of an exported package.</summary>
    public const string PackageType = "application/vnd.releaseintegrity.package.v1+json";

    /// <summary>The most signatures that are looked at.</summary>
    private const int MostSignatures = 16;

    /// <summary>Signs bytes.</summary>
    /// <param name="payloadType">What they are.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="key">A P-256 key with its private part.</param>
    public static DsseEnvelope Sign(string payloadType, byte[] payload, ECDsa key)
    {
        byte[] signature = key.SignData(PreAuthenticationEncoding(payloadType, payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new DsseEnvelope(payloadType, Convert.ToBase64String(payload), [new DsseSignature(KeyIdOf(key), Convert.ToBase64String(signature))]);
    }

    /// <summary>Reads an envelope. Nothing is verified yet.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DsseEnvelope Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<DsseEnvelope>(json) is { PayloadType: not null, Payload: not null, Signatures.Count: > 0 } envelope
                && envelope.Signatures.All(s => s is { Signature: not null })
                ? envelope
                : throw new FormatException("the file is no DSSE envelope: payloadType, payload and signatures are wanted");
        }
        catch (JsonException)
        {
            throw new FormatException("the file is no DSSE envelope: it is not JSON of that shape");
        }
    }

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>The payload, if the key signed it with this type; null where it didn't.</summary>
    /// <param name="key">The public key, from elsewhere than the envelope. Key ids of the envelope are hints and decide nothing.</param>
    /// <exception cref="FormatException">Payload or signature is not base64.</exception>
    public byte[]? Verify(ECDsa key)
    {
        byte[] payload = Decode(Payload);
        byte[] signed = PreAuthenticationEncoding(PayloadType, payload);
        return Signatures.Take(MostSignatures).Any(s => key.VerifyData(signed, Decode(s.Signature), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            ? payload
            : null;
    }

    /// <summary>A key's id: SHA-256 hex of its SubjectPublicKeyInfo.</summary>
    public static string KeyIdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <summary><c>PAE(type, body)</c> of the protocol: <c>DSSEv1 LEN(type) type LEN(body) body</c>, lengths in bytes.</summary>
    public static byte[] PreAuthenticationEncoding(string payloadType, byte[] payload)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }

    /// <summary>Base64, the standard one or that of URLs: the protocol allows both.</summary>
    private static byte[] Decode(string text)
    {
        string standard = text.Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(standard.PadRight((standard.Length + 3) / 4 * 4, '='));
    }
}

/// <summary>A signature of an envelope.</summary>
/// <param name="KeyId">Which key made it, as a hint.</param>
/// <param name="Signature">The signature, in base64.</param>
public sealed record DsseSignature(
    [property: JsonPropertyName("keyid")] string? KeyId,
    [property: JsonPropertyName("sig")] string Signature);
