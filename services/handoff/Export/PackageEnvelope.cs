using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Export;

/// <summary>
/// A package as a DSSE envelope (https://github.com/secure-systems-lab/dsse, protocol 1.0.2): what is signed is the payload
/// together with its type. The payload is the masked <c>package/v1</c> document in canonical JSON.
/// </summary>
public static class PackageEnvelope
{
    /// <summary>The payload's type. Published format: version with care.</summary>
    public const string PayloadType = "application/vnd.releaseintegrity.package.v1+json";

    /// <summary>Signs a document.</summary>
    /// <returns>The envelope as JSON.</returns>
    public static string Sign(string maskedJson, ExportKey key)
    {
        byte[] payload = Encoding.UTF8.GetBytes(maskedJson);
        return new JsonObject
        {
            ["payload"] = Convert.ToBase64String(payload),
            ["payloadType"] = PayloadType,
            ["signatures"] = new JsonArray(new JsonObject
            {
                ["keyid"] = key.Id,
                ["sig"] = Convert.ToBase64String(key.Sign(PreAuthenticated(PayloadType, payload))),
            }),
        }.ToJsonString();
    }

    /// <summary>The bytes that are signed: the pre-authentication encoding (PAE) of type and payload.</summary>
    internal static byte[] PreAuthenticated(string type, ReadOnlySpan<byte> payload)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }
}
