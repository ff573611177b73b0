using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// An X.509 certificate (RFC 5280) rendered as a JSON document with stable members, so that its parts have places:
/// <c>sha256</c>, <c>serialNumber</c>, <c>subject</c>, <c>issuer</c>, <c>notBefore</c>, <c>notAfter</c>,
/// <c>spkiSha256</c>, <c>ski</c>, <c>aki</c>, <c>subjectAltNames[]</c>, <c>subjectAltNameTypes[]</c>,
/// <c>extensions{oid: text}</c> and <c>opaqueExtensions{oid: base64}</c>. Hashes, identifiers and the serial number are
/// lower-case hex, times RFC 3339 UTC, absent identifiers null. Nothing is verified. The members are a storage format:
/// version with care.
/// </summary>
public static class CertificateDocument
{
    private const string FulcioArc = "1.3.6.1.4.1.57264.1.";
    private const string Pem = "-----BEGIN ";

    /// <summary>Certificates of one text that are read at most.</summary>
    public const int MaxCertificates = 32;

    /// <summary>
    /// DER from a text: PEM (the certificate of it that has the index), or base64 of DER or PEM. Null where it is neither.
    /// </summary>
    public static byte[]? ToDer(string text, int index = 0)
    {
        if (text.Contains(Pem, StringComparison.Ordinal))
        {
            return FromPem(text, index);
        }

        return Base64Text.TryDecode(text, out byte[] bytes) ? ToDer(bytes, index) : null;
    }

    /// <summary>DER from bytes: DER itself, or PEM text. Null where a PEM text holds no such certificate.</summary>
    public static byte[]? ToDer(ReadOnlySpan<byte> bytes, int index = 0) =>
        bytes.IndexOf("-----BEGIN CERTIFICATE"u8) >= 0 ? FromPem(Encoding.Latin1.GetString(bytes), index)
        : index == 0 ? bytes.ToArray() : null;

    /// <summary>Renders DER; false where it is no certificate. Never throws.</summary>
    public static bool TryRender(ReadOnlyMemory<byte> der, out byte[] json)
    {
        json = [];
        try
        {
            json = Render(der);
            return true;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException or InvalidOperationException or OverflowException)
        {
            return false;
        }
    }

    private static byte[]? FromPem(string text, int index)
    {
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label] is "CERTIFICATE" && Base64Text.TryDecode(rest[fields.Base64Data].ToString(), out byte[] der) && index-- == 0)
            {
                return der;
            }

            rest = rest[fields.Location.End..];
        }

        return null;
    }

    private static byte[] Render(ReadOnlyMemory<byte> der)
    {
        AsnReader certificate = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        AsnReader body = certificate.ReadSequence();
        if (body.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            body.ReadEncodedValue();
        }

        string serial = Hex(body.ReadIntegerBytes().Span);
        body.ReadEncodedValue();
        string issuer = Name(body.ReadEncodedValue());
        AsnReader validity = body.ReadSequence();
        DateTimeOffset notBefore = Time(validity);
        DateTimeOffset notAfter = Time(validity);
        string subject = Name(body.ReadEncodedValue());
        ReadOnlyMemory<byte> publicKey = body.ReadEncodedValue();
        List<(string Oid, ReadOnlyMemory<byte> Value)> extensions = Extensions(body);
        var names = new List<(string Type, string Value)>();
        foreach ((string oid, ReadOnlyMemory<byte> value) in extensions.Where(e => e.Oid == "2.5.29.17"))
        {
            names.AddRange(AlternativeNames(value));
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("sha256", Hex(SHA256.HashData(der.Span)));
            json.WriteString("serialNumber", serial);
            json.WriteString("subject", subject);
            json.WriteString("issuer", issuer);
            json.WriteString("notBefore", Times.Text(notBefore));
            json.WriteString("notAfter", Times.Text(notAfter));
            json.WriteString("spkiSha256", Hex(SHA256.HashData(publicKey.Span)));
            json.WriteString("ski", KeyIdentifier(extensions, "2.5.29.14"));
            json.WriteString("aki", KeyIdentifier(extensions, "2.5.29.35"));
            WriteList(json, "subjectAltNames", names.Select(n => n.Value));
            WriteList(json, "subjectAltNameTypes", names.Select(n => n.Type));
            WriteExtensions(json, extensions);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static List<(string Oid, ReadOnlyMemory<byte> Value)> Extensions(AsnReader body)
    {
        var list = new List<(string, ReadOnlyMemory<byte>)>();
        while (body.HasData)
        {
            var explicitTag = new Asn1Tag(TagClass.ContextSpecific, 3);
            if (!body.PeekTag().HasSameClassAndValue(explicitTag))
            {
                body.ReadEncodedValue();
                continue;
            }

            AsnReader extensions = body.ReadSequence(explicitTag).ReadSequence();
            while (extensions.HasData)
            {
                AsnReader extension = extensions.ReadSequence();
                string oid = extension.ReadObjectIdentifier();
                if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                {
                    extension.ReadBoolean();
                }

                byte[] value = extension.ReadOctetString();
                if (!list.Exists(e => e.Item1 == oid))
                {
                    list.Add((oid, value));
                }
            }
        }

        return list;
    }

    private static List<(string Type, string Value)> AlternativeNames(ReadOnlyMemory<byte> value)
    {
        AsnReader names = new AsnReader(value, AsnEncodingRules.BER).ReadSequence();
        var list = new List<(string, string)>();
        while (names.HasData)
        {
            Asn1Tag tag = names.PeekTag();
            list.Add(tag.TagValue switch
            {
                0 => OtherName(names),
                1 => ("email", names.ReadCharacterString(UniversalTagNumber.IA5String, tag)),
                2 => ("dns", names.ReadCharacterString(UniversalTagNumber.IA5String, tag)),
                6 => ("uri", names.ReadCharacterString(UniversalTagNumber.IA5String, tag)),
                7 => ("ip", Address(names.ReadOctetString(tag))),
                _ => ("other", Hex(names.ReadEncodedValue().Span)),
            });
        }

        return list;
    }

    /// <summary>An otherName, as Fulcio uses it for user names (oid-info, 1.3.6.1.4.1.57264.1.7); the type names the OID.</summary>
    private static (string Type, string Value) OtherName(AsnReader names)
    {
        AsnReader other = names.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        string oid = other.ReadObjectIdentifier();
        AsnReader content = other.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        ReadOnlyMemory<byte> value = content.ReadEncodedValue();
        return ($"other:{oid}", DerText(value) ?? Hex(value.Span));
    }

    private static string Address(byte[] bytes) =>
        bytes.Length is 4 or 16 ? new System.Net.IPAddress(bytes).ToString() : Hex(bytes);

    private static DateTimeOffset Time(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private static string Name(ReadOnlyMemory<byte> encoded) => new X500DistinguishedName(encoded.Span).Name;

    private static string? KeyIdentifier(List<(string Oid, ReadOnlyMemory<byte> Value)> extensions, string oid)
    {
        foreach ((_, ReadOnlyMemory<byte> value) in extensions.Where(e => e.Oid == oid))
        {
            var reader = new AsnReader(value, AsnEncodingRules.BER);
            if (oid == "2.5.29.14")
            {
                return Hex(reader.ReadOctetString());
            }

            AsnReader authority = reader.ReadSequence();
            var keyIdentifier = new Asn1Tag(TagClass.ContextSpecific, 0);
            return authority.HasData && authority.PeekTag().HasSameClassAndValue(keyIdentifier)
                ? Hex(authority.ReadOctetString(keyIdentifier))
                : null;
        }

        return null;
    }

    private static void WriteExtensions(Utf8JsonWriter json, List<(string Oid, ReadOnlyMemory<byte> Value)> extensions)
    {
        json.WriteStartObject("extensions");
        foreach ((string oid, ReadOnlyMemory<byte> value) in extensions)
        {
            if (ExtensionText(oid, value) is { } text)
            {
                json.WriteString(oid, text);
            }
        }

        json.WriteEndObject();
        json.WriteStartObject("opaqueExtensions");
        foreach ((string oid, ReadOnlyMemory<byte> value) in extensions.Where(e => ExtensionText(e.Oid, e.Value) is null))
        {
            json.WriteBase64String(oid, value.Span);
        }

        json.WriteEndObject();
    }

    /// <summary>Fulcio's .1 to .6 are raw strings, everything newer a DER string (oid-info.md).</summary>
    private static string? ExtensionText(string oid, ReadOnlyMemory<byte> value)
    {
        if (oid.Length == FulcioArc.Length + 1 && oid.StartsWith(FulcioArc, StringComparison.Ordinal) && oid[^1] is >= '1' and <= '6')
        {
            return System.Text.Unicode.Utf8.IsValid(value.Span) ? Encoding.UTF8.GetString(value.Span) : null;
        }

        return DerText(value);
    }

    private static string? DerText(ReadOnlyMemory<byte> value)
    {
        try
        {
            var reader = new AsnReader(value, AsnEncodingRules.BER);
            Asn1Tag tag = reader.PeekTag();
            if (tag.TagClass != TagClass.Universal || (UniversalTagNumber)tag.TagValue is not
                (UniversalTagNumber.UTF8String or UniversalTagNumber.IA5String or UniversalTagNumber.PrintableString))
            {
                return null;
            }

            string text = reader.ReadCharacterString((UniversalTagNumber)tag.TagValue);
            return reader.HasData ? null : text;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
