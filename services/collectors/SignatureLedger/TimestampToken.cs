using System.Formats.Asn1;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Reads the time out of an RFC 3161 time-stamp response (section 2.4.2) or a bare token. Only the time: whether the
/// authority signed it is nothing that a collector judges.
/// </summary>
public static class TimestampToken
{
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    private static readonly Asn1Tag Explicit0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>The token's <c>genTime</c>, UTC; false for anything that is no time-stamp token.</summary>
    public static bool TryReadTime(ReadOnlyMemory<byte> token, out DateTimeOffset time)
    {
        time = default;
        try
        {
            // BER and not DER: authorities wrap the signed data in indefinite lengths and split octet strings.
            AsnReader outer = new AsnReader(token, AsnEncodingRules.BER).ReadSequence();
            if (outer.PeekTag() != Asn1Tag.ObjectIdentifier)
            {
                // TimeStampResp is PKIStatusInfo and then, unless the request was refused, the token.
                outer.ReadSequence();
                outer = outer.ReadSequence();
            }

            time = ReadContentInfo(outer).ToUniversalTime();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
        catch (ArgumentException)
        {
            // A year outside of what a DateTimeOffset holds.
            return false;
        }
    }

    private static DateTimeOffset ReadContentInfo(AsnReader contentInfo)
    {
        Expect(contentInfo, SignedData);
        AsnReader signedData = contentInfo.ReadSequence(Explicit0).ReadSequence();
        signedData.ReadInteger();
        signedData.ReadSetOf();
        AsnReader encapsulated = signedData.ReadSequence();
        Expect(encapsulated, TstInfo);
        byte[] content = encapsulated.ReadSequence(Explicit0).ReadOctetString();

        AsnReader info = new AsnReader(content, AsnEncodingRules.BER).ReadSequence();
        info.ReadInteger();
        info.ReadObjectIdentifier();
        info.ReadSequence();
        info.ReadInteger();
        return info.ReadGeneralizedTime();
    }

    private static void Expect(AsnReader reader, string oid)
    {
        if (reader.ReadObjectIdentifier() != oid)
        {
            throw new AsnContentException("another content type");
        }
    }
}
