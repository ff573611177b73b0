using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>A digest as ledgers spell it: an algorithm beside hex or base64, never <c>alg:hex</c>.</summary>
internal static class SignedDigest
{
    /// <summary>
    /// Reads hex beside an algorithm name (in-toto <c>DigestSet</c>, Rekor v1 <c>hash</c>). Null with a reason: the
    /// algorithm is foreign (no OCI digest can have it), or the hex is malformed.
    /// </summary>
    public static Digest? OfHex(string? algorithm, Node hex, out bool foreign)
    {
        foreign = algorithm is not null && !IsOciAlgorithm(algorithm);
        return !foreign && Digest.TryParse(algorithm, hex.String, out Digest digest) ? digest : null;
    }

    /// <summary>
    /// Reads base64 beside a <c>HashAlgorithm</c> (protobuf-specs sigstore_common.proto), by name or, as protojson
    /// allows, by number.
    /// </summary>
    public static Digest? OfBase64(Node algorithm, Node base64, out bool foreign)
    {
        string? name = algorithm.Text switch
        {
            "SHA2_256" or "1" => "sha256",
            "SHA2_384" or "2" => "sha384",
            "SHA2_512" or "3" => "sha512",
            _ => null,
        };
        foreign = name is null && algorithm.HasValue;
        Node bytes = base64.DecodeBase64();
        return name is not null && bytes.Kind == NodeKind.Bytes
            && Digest.TryParse(name, Convert.ToHexStringLower(bytes.Bytes.Span), out Digest digest) ? digest : null;
    }

    private static bool IsOciAlgorithm(string algorithm) =>
        algorithm.ToLowerInvariant() is "sha256" or "sha384" or "sha512";
}
