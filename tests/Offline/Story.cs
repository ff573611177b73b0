using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>
/// The scenario in the four sources' own formats: the registry names A; the ledger, the snapshot and the runtime name B.
/// </summary>
internal static class Story
{
    public const string Registry = "registry.acme.test";
    public const string Path = "billing/invoicer";
    public const string Tag = "rel-2026.03.22.4";
    public const string Key = "kms-prod-sign-09";
    public const string Cluster = "west-prod-blue";
    public const string Notes = "lifted freeze for outage 7741, see the war room";
    public const string Signer = "https://build.acme.test/lanes/emergency";

    public static readonly string A = "sha256:8f4" + new string('a', 58) + "7ac";
    public static readonly string B = "sha256:8f4" + new string('b', 58) + "71e";
    public static readonly string OldFingerprint = Hash("the certificate before");
    public static readonly string UnknownEnvelope = "dsse-sha256:" + Hash("an envelope that no ledger has");

    private static readonly byte[] Certificate = MakeCertificate();

    /// <summary>What the ledger's certificate has for a fingerprint.</summary>
    public static string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Certificate));

    /// <summary>Everything that a masked output must not show.</summary>
    public static IEnumerable<string> Secrets =>
        [A, B, A[7..], B[7..], Path, Cluster, Notes, Fingerprint, OldFingerprint, Fingerprint.ToUpperInvariant(), Signer, UnknownEnvelope[12..]];

    public static string Promotion(string digest, string time, string id = "e1") => Text(new JsonObject
    {
        ["events"] = new JsonArray(new JsonObject
        {
            ["id"] = id,
            ["timestamp"] = time,
            ["action"] = "push",
            ["target"] = new JsonObject
            {
                ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
                ["digest"] = digest,
                ["repository"] = Path,
                ["tag"] = Tag,
            },
            ["request"] = new JsonObject { ["host"] = Registry },
        }),
    });

    public static string Bundle()
    {
        string statement = Text(new JsonObject
        {
            ["_type"] = "https://in-toto.io/Statement/v1",
            ["subject"] = new JsonArray(new JsonObject
            {
                ["name"] = $"{Registry}/{Path}:{Tag}",
                ["digest"] = new JsonObject { ["sha256"] = B[7..] },
            }),
            ["predicateType"] = "https://slsa.dev/provenance/v1",
            ["predicate"] = new JsonObject(),
        });
        return Text(new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.3+json",
            ["verificationMaterial"] = new JsonObject
            {
                ["certificate"] = new JsonObject { ["rawBytes"] = Convert.ToBase64String(Certificate) },
                ["tlogEntries"] = new JsonArray(new JsonObject
                {
                    ["logIndex"] = "77",
                    ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(SHA256.HashData("log"u8)) },
                    ["kindVersion"] = new JsonObject { ["kind"] = "dsse", ["version"] = "0.0.1" },
                    ["integratedTime"] = "1774173600",
                    ["canonicalizedBody"] = Convert.ToBase64String("""{"apiVersion":"0.0.1","kind":"dsse","spec":{}}"""u8),
                }),
            },
            ["dsseEnvelope"] = new JsonObject
            {
                ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement)),
                ["payloadType"] = "application/vnd.in-toto+json",
                ["signatures"] = new JsonArray(new JsonObject { ["sig"] = "AAAA", ["keyid"] = Key }),
            },
        });
    }

    public static string Change() => Text(new JsonObject
    {
        ["result"] = new JsonObject
        {
            ["sys_id"] = "46e18c0fa9fe19810066a0083f76bd56",
            ["sys_mod_count"] = "4",
            ["sys_updated_on"] = "2026-03-22 10:30:00",
            ["state"] = "-1",
            ["approval"] = "approved",
            ["u_artifact_image"] = $"{Registry}/{Path}:{Tag}",
            ["u_artifact_digest"] = B,
            ["u_certificate_fingerprint"] = OldFingerprint,
            ["u_approved_at"] = "2026-03-20 09:00:00",
            ["u_release_train"] = Tag,
            ["u_release_window"] = "RW-12",
            ["u_exception_notes"] = Notes,
        },
    });

    public static string Container() => Text(new JsonObject
    {
        ["specversion"] = "1.0",
        ["id"] = "c-1",
        ["source"] = "https://validation.acme.test",
        ["type"] = "dev.releaseintegrity.runtime-validation.observed.v1",
        ["time"] = "2026-03-22T11:00:00Z",
        ["data"] = new JsonObject
        {
            ["cluster"] = Cluster,
            ["podUid"] = "3f0a8c1d-6a3e-4c55-9d7e-1a7d9bb0c4aa",
            ["container"] = "app",
            ["revision"] = "9001",
            ["image"] = $"{Registry}/{Path}:{Tag}",
            ["digest"] = B,
            ["fields"] = new JsonObject { ["admission-check"] = "pass", ["observed-envelope-id"] = UnknownEnvelope },
        },
    });

    /// <summary>The four notifications as a folder tree.</summary>
    public static string Folder(Scratch scratch, string name = "in")
    {
        scratch.Write($"{name}/distribution/a.json", Promotion(A, "2026-03-22T08:00:00Z"));
        scratch.Write($"{name}/sigstore-bundle/b.json", Bundle());
        scratch.Write($"{name}/servicenow/c.json", Change());
        scratch.Write($"{name}/cloudevents/d.json", Container());
        return scratch[name];
    }

    /// <summary>The four notifications as lines, received a minute apart.</summary>
    public static IReadOnlyList<string> Lines() =>
    [
        Line("distribution", Promotion(A, "2026-03-22T08:00:00Z"), "2026-03-22T12:00:00Z"),
        Line("sigstore-bundle", Bundle(), "2026-03-22T12:01:00Z"),
        Line("change-snapshot/servicenow", Change(), "2026-03-22T12:02:00Z"),
        Line("cloudevents", Container(), "2026-03-22T12:03:00Z"),
    ];

    /// <summary>A line of a file of notifications.</summary>
    public static string Line(string format, string body, string? receivedAt) => receivedAt is null
        ? $$"""{"format":"{{format}}","body":{{body}}}"""
        : $$"""{"format":"{{format}}","receivedAt":"{{receivedAt}}","body":{{body}}}""";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(JsonNode node) => node.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static byte[] MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=emergency lane", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(Signer));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(
            new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero));
        return certificate.RawData;
    }
}
