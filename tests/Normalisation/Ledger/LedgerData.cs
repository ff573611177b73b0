using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>Ledger payloads made for the tests, in the spellings of the real ones.</summary>
internal static class LedgerData
{
    public const string Provenance = "https://slsa.dev/provenance/v1";
    public static readonly string LogId = new('c', 64);
    public static readonly string LogKeyId = Convert.ToBase64String(Convert.FromHexString(LogId));
    public static readonly string A = new('a', 64);
    public static readonly string B = new('b', 64);

    public static JsonObject Bundle(JsonObject material, string contentName, JsonObject content) => new()
    {
        ["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.3+json",
        ["verificationMaterial"] = material,
        [contentName] = content,
    };

    /// <summary>A bundle with one DSSE envelope over a statement, logged once.</summary>
    public static JsonObject DsseBundle(JsonNode statement, JsonObject? material = null, JsonNode? entry = null)
    {
        material ??= new JsonObject { ["publicKey"] = new JsonObject { ["hint"] = "kms-prod-sign-09" } };
        material["tlogEntries"] = new JsonArray(entry ?? ProtoEntry(Body("dsse", new JsonObject { ["envelopeHash"] = Hash("sha256", B) })));
        return Bundle(material, "dsseEnvelope", Dsse(statement));
    }

    public static JsonObject Dsse(JsonNode statement) => new()
    {
        ["payload"] = Base64(statement.ToJsonString()),
        ["payloadType"] = "application/vnd.in-toto+json",
        ["signatures"] = new JsonArray(new JsonObject { ["sig"] = "MEUC", ["keyid"] = "" }),
    };

    public static JsonObject MessageBundle(JsonObject? messageDigest, JsonObject? material = null, JsonNode? entry = null)
    {
        material ??= [];
        material["tlogEntries"] = entry is null ? [] : new JsonArray(entry);
        var message = new JsonObject { ["signature"] = "AQID" };
        if (messageDigest is not null)
        {
            message["messageDigest"] = messageDigest;
        }

        return Bundle(material, "messageSignature", message);
    }

    public static JsonObject MessageDigest(string algorithm, string hex) => new()
    {
        ["algorithm"] = algorithm,
        ["digest"] = Convert.ToBase64String(Convert.FromHexString(hex)),
    };

    public static JsonObject Statement(params JsonNode[] subjects) => new()
    {
        ["_type"] = "https://in-toto.io/Statement/v1",
        ["subject"] = new JsonArray(subjects),
        ["predicateType"] = Provenance,
        ["predicate"] = new JsonObject(),
    };

    public static JsonObject Subject(string? name, string algorithm, string hex)
    {
        var subject = new JsonObject { ["digest"] = new JsonObject { [algorithm] = hex } };
        if (name is not null)
        {
            subject["name"] = name;
        }

        return subject;
    }

    /// <summary>A log entry as protojson writes it.</summary>
    public static JsonObject ProtoEntry(JsonNode body, string index = "41", string? time = "1774173600") => new()
    {
        ["logIndex"] = index,
        ["logId"] = new JsonObject { ["keyId"] = LogKeyId },
        ["kindVersion"] = new JsonObject { ["kind"] = "dsse", ["version"] = "0.0.1" },
        ["integratedTime"] = time,
        ["canonicalizedBody"] = Base64(body.ToJsonString()),
    };

    /// <summary>A log entry as the Rekor v1 API writes it.</summary>
    public static JsonObject RekorEntry(JsonNode body, long index = 41, long time = 1774173600) => new()
    {
        ["body"] = Base64(body.ToJsonString()),
        ["integratedTime"] = time,
        ["logID"] = LogId,
        ["logIndex"] = index,
        ["verification"] = new JsonObject { ["signedEntryTimestamp"] = "MEUC" },
    };

    /// <summary>The API's response: entries by uuid.</summary>
    public static JsonObject RekorResponse(params JsonObject[] entries) =>
        new(entries.Select(e => KeyValuePair.Create(LeafOf(e), (JsonNode?)e)));

    public static JsonObject Body(string kind, JsonObject spec, string version = "0.0.1") =>
        new() { ["apiVersion"] = version, ["kind"] = kind, ["spec"] = spec };

    public static JsonObject HashedRekord(string hex, string? verifier = null, string algorithm = "sha256") => Body("hashedrekord", new JsonObject
    {
        ["data"] = new JsonObject { ["hash"] = Hash(algorithm, hex) },
        ["signature"] = new JsonObject
        {
            ["content"] = "AQID",
            ["publicKey"] = verifier is null ? null : new JsonObject { ["content"] = Base64(verifier) },
        },
    });

    public static JsonObject Hash(string algorithm, string hex) => new() { ["algorithm"] = algorithm, ["value"] = hex };

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>The leaf hash of an entry in either spelling.</summary>
    public static string LeafOf(JsonObject entry)
    {
        byte[] body = Convert.FromBase64String((entry["canonicalizedBody"] ?? entry["body"])!.GetValue<string>());
        return Sha256([0, .. body]);
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Sha256(string text) => Sha256(Encoding.UTF8.GetBytes(text));

    /// <summary>An RFC 3161 response that says a time and is signed by nobody.</summary>
    public static byte[] TimestampResponse(DateTimeOffset time)
    {
        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(1);
            info.WriteObjectIdentifier("1.3.6.1.4.1.57264.2");
            using (info.PushSequence())
            {
                info.WriteOctetString([1]);
            }

            info.WriteInteger(7);
            info.WriteGeneralizedTime(time);
        }

        var explicit0 = new Asn1Tag(TagClass.ContextSpecific, 0);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(0);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.7.2");
                using (writer.PushSequence(explicit0))
                using (writer.PushSequence())
                {
                    writer.WriteInteger(3);
                    using (writer.PushSetOf())
                    {
                    }

                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier("1.2.840.113549.1.9.16.1.4");
                        using (writer.PushSequence(explicit0))
                        {
                            writer.WriteOctetString(info.Encode());
                        }
                    }
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>Time-stamp material of a bundle.</summary>
    public static JsonObject Timestamps(params DateTimeOffset[] times) => new()
    {
        ["rfc3161Timestamps"] = new JsonArray(
            [.. times.Select(t => new JsonObject { ["signedTimestamp"] = Convert.ToBase64String(TimestampResponse(t)) })]),
    };
}
