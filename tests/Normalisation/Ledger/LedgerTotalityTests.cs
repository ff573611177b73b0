using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Collectors.SignatureLedger;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>No input throws, and whatever still is evidence keeps its places, however the payload was damaged.</summary>
public sealed class LedgerTotalityTests
{
    private const int Rounds = 1_500;

    private static readonly string[] Splices =
    [
        "null", "\"\"", "[]", "{}", "-1", "1e400", "9223372036854775808", "\"\\u0000\"", "true", "[[]]", "\"AQID\"", "{\"a\":1,\"a\":2}", "\"sha256\"",
    ];

    private static IEnumerable<(string Format, string Body)> Payloads()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForBoth();
        JsonObject statement = Statement(
            Subject("registry.example/shop/cart:4.2.1", "sha256", A), Subject("pkg:docker/golang@1.19", "sha512", A + B));
        JsonObject bundle = DsseBundle(statement, new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray(
                    new JsonObject { ["rawBytes"] = certificate.Base64() }, new JsonObject { ["rawBytes"] = certificate.Base64() }),
            },
            ["timestampVerificationData"] = Timestamps(FulcioCertificate.NotBefore),
        });
        yield return ("sigstore-bundle", bundle.ToJsonString());
        yield return ("sigstore-bundle", MessageBundle(MessageDigest("SHA2_256", A), entry: ProtoEntry(HashedRekord(A))).ToJsonString());
        JsonObject intoto = RekorEntry(Body("intoto", new JsonObject { ["content"] = new JsonObject { ["hash"] = Hash("sha256", B) } }, "0.0.2"));
        intoto["attestation"] = new JsonObject { ["data"] = Base64(statement.ToJsonString()) };
        yield return ("rekor-v1", RekorResponse(RekorEntry(HashedRekord(A, certificate.ExportCertificatePem())), intoto).ToJsonString());
        yield return ("rekor-v1", new JsonObject
        {
            ["specversion"] = "1.0",
            ["type"] = "dev.sigstore.rekor.events.v1.NewEntry",
            ["data"] = ProtoEntry(HashedRekord(A)).ToJsonString(),
        }.ToJsonString());
    }

    [Fact]
    public void No_mutated_byte_throws_or_moves_a_reading()
    {
        var random = new Random(20260322);
        foreach ((string format, string payload) in Payloads())
        {
            byte[] original = Encoding.UTF8.GetBytes(payload);
            for (int round = 0; round < Rounds; round++)
            {
                byte[] bytes = [.. original];
                for (int i = 0; i <= round % 3; i++)
                {
                    bytes[random.Next(bytes.Length)] = round % 2 == 0 ? (byte)random.Next(32, 127) : (byte)random.Next(256);
                }

                Normalise(Make.Bytes(round % 11 == 0 ? bytes[..random.Next(bytes.Length)] : bytes, Source.SignatureLedger, format));
            }
        }
    }

    [Fact]
    public void No_member_of_another_type_throws()
    {
        foreach ((string format, string payload) in Payloads())
        {
            JsonNode root = JsonNode.Parse(payload)!;
            foreach (string path in Paths(root, ""))
            {
                foreach (string splice in Splices)
                {
                    Normalise(Notify(format, Replace(JsonNode.Parse(payload)!, path, splice)));
                }
            }
        }
    }

    [Fact]
    public void No_member_of_a_statement_or_body_of_another_type_throws()
    {
        JsonObject statement = Statement(Subject("registry.example/shop/cart:4.2.1", "sha256", A));
        JsonObject body = HashedRekord(A, "x");
        foreach (string splice in Splices)
        {
            foreach (string path in Paths(statement, ""))
            {
                JsonObject bundle = DsseBundle(statement.DeepClone());
                bundle["dsseEnvelope"]!["payload"] = Base64(Replace(statement.DeepClone(), path, splice));
                Normalise("sigstore-bundle", bundle);
            }

            foreach (string path in Paths(body, ""))
            {
                JsonObject entry = RekorEntry(body.DeepClone());
                entry["body"] = Base64(Replace(body.DeepClone(), path, splice));
                Normalise("rekor-v1", entry);
            }
        }
    }

    [Fact]
    public void No_mutated_time_stamp_token_throws()
    {
        byte[] token = TimestampResponse(FulcioCertificate.NotBefore);
        Assert.True(TimestampToken.TryReadTime(token, out DateTimeOffset time));
        Assert.Equal(FulcioCertificate.NotBefore, time);
        var random = new Random(20260322);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. token];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            TimestampToken.TryReadTime(bytes.AsMemory(0, round % 7 == 0 ? random.Next(bytes.Length) : bytes.Length), out _);
        }
    }

    [Fact]
    public void No_mutation_of_bytes_members_or_names_throws()
    {
        foreach ((string format, string payload) in Payloads())
        {
            Check.Totality(Normalizer(format), Notify(format, payload));
        }
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path)
    {
        yield return path;
        IEnumerable<(string Name, JsonNode? Child)> children = node switch
        {
            JsonObject o => o.Select(p => (p.Key, p.Value)),
            JsonArray a => a.Select((c, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), c)),
            _ => [],
        };
        foreach ((string name, JsonNode? child) in children)
        {
            foreach (string below in Paths(child, $"{path}/{name}"))
            {
                yield return below;
            }
        }
    }

    /// <summary>The document with the node at a path replaced by a JSON text, spliced in as it stands.</summary>
    private static string Replace(JsonNode root, string path, string splice)
    {
        if (path.Length == 0)
        {
            return splice;
        }

        const string Marker = "spliced in here";
        string[] names = path.Split('/')[1..];
        JsonNode parent = root;
        foreach (string name in names[..^1])
        {
            parent = parent is JsonArray array ? array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : parent[name]!;
        }

        if (parent is JsonArray list)
        {
            list[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = Marker;
        }
        else
        {
            parent[names[^1]] = Marker;
        }

        return root.ToJsonString().Replace($"\"{Marker}\"", splice, StringComparison.Ordinal);
    }
}
