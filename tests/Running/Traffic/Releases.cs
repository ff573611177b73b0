using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ReleaseIntegrity.Tests.Running.Traffic;

/// <summary>
/// Releases as four systems tell of them, in each one's own format: most agree, some don't, some are told of in several
/// revisions, and there is what a real wire carries besides: layers, pulls, pushes without a digest, signatures of
/// digests that nobody promoted, and bodies that can't be read.
/// </summary>
public sealed class Releases(DateTimeOffset start)
{
    private const string Host = "registry.example.com";

    /// <summary>All notifications about a number of releases, in the order in which the sources send them.</summary>
    public IReadOnlyList<Sent> All(int count) => Some(0, count);

    /// <summary>The same about some of them, from a number on.</summary>
    public IReadOnlyList<Sent> Some(int first, int count) => [.. Enumerable.Range(first, count).SelectMany(Of)];

    /// <summary>Releases of the last hours, as of now: everything that allows for delay is over, nothing is stale yet.</summary>
    public static Releases OfToday()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new Releases(new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddHours(-6));
    }

    private IEnumerable<Sent> Of(int release)
    {
        string a = Digest($"{release} A"), b = Digest($"{release} B");
        bool moves = release % 3 == 0;
        string now = moves ? b : a;
        yield return Push(release, a, 0);
        if (moves)
        {
            yield return Push(release, b, 20);
        }

        // Every fourth ledger entry and every fifth snapshot is about the other digest.
        yield return Signature(release, release % 4 == 1 ? b : now, tagged: true);
        yield return Change(release, now, revision: 3, minute: 30);
        yield return Change(release, release % 5 == 2 ? b : now, revision: 4, minute: 31);
        yield return Running(release, now, pod: 1);
        yield return Running(release, now, pod: 2);
        if (release % 6 == 0)
        {
            yield return Signature(release, Digest($"{release} promoted by nobody"), tagged: false);
            yield return PushWithoutDigest(release);
        }

        if (release % 8 == 0)
        {
            yield return new Sent("artifact-registry", "distribution", Encoding.UTF8.GetBytes($$"""{"events":[{{release}}"""));
        }
    }

    private Sent Push(int release, string digest, int minute) => Distribution(
        Event($"layer {digest}", "push", minute, new
        {
            mediaType = "application/octet-stream",
            digest = Digest($"layer of {digest}"),
            repository = Repository(release),
        }),
        Event($"manifest {digest} {minute}", "push", minute, new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            digest,
            repository = Repository(release),
            tag = Tag(release),
        }),
        Event($"pull {digest}", "pull", minute + 1, new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            digest,
            repository = Repository(release),
            tag = Tag(release),
        }));

    private Sent PushWithoutDigest(int release) => Distribution(
        Event($"no digest {release}", "push", 40, new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            repository = Repository(release),
            tag = $"{Tag(release)}-next",
        }));

    private Sent Signature(int release, string digest, bool tagged)
    {
        string payload = Base64(new
        {
            _type = "https://in-toto.io/Statement/v1",
            subject = new[]
            {
                new { name = tagged ? Reference(release) : "artifact", digest = new { sha256 = digest["sha256:".Length..] } },
            },
            predicateType = "https://slsa.dev/provenance/v1",
            predicate = new { },
        });
        string signature = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(payload)));
        object Hash(string of) => new { algorithm = "sha256", value = Digest(of)["sha256:".Length..] };
        return Json("signature-ledger", "sigstore-bundle", new
        {
            mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json",
            verificationMaterial = new
            {
                publicKey = new { hint = "kms-prod-sign-09" },
                tlogEntries = new[]
                {
                    new
                    {
                        logIndex = (1000 + (2 * release) + (tagged ? 0 : 1)).ToString(CultureInfo.InvariantCulture),
                        logId = new { keyId = Convert.ToBase64String(SHA256.HashData("a log"u8)) },
                        kindVersion = new { kind = "dsse", version = "0.0.1" },
                        integratedTime = At(25).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                        canonicalizedBody = Base64(new
                        {
                            apiVersion = "0.0.1",
                            kind = "dsse",
                            spec = new
                            {
                                envelopeHash = Hash($"envelope {payload}"),
                                payloadHash = Hash(payload),
                                signatures = new[] { new { signature, verifier = Base64("a key") } },
                            },
                        }),
                    },
                },
            },
            dsseEnvelope = new
            {
                payload,
                payloadType = "application/vnd.in-toto+json",
                signatures = new[] { new { sig = signature, keyid = "kms-prod-sign-09" } },
            },
        });
    }

    private Sent Change(int release, string digest, int revision, int minute) => Json("change-snapshot", "servicenow", new
    {
        result = new
        {
            sys_id = Digest($"change {release}")["sha256:".Length..][..32],
            number = $"CHG{release:D7}",
            sys_mod_count = revision.ToString(CultureInfo.InvariantCulture),
            sys_updated_on = At(minute).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            state = "-1",
            approval = "approved",
            u_artifact_image = Reference(release),
            u_artifact_digest = digest,
            u_approved_at = At(28).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            u_release_train = Tag(release),
            u_release_window = "RW-1",
        },
    });

    private Sent Running(int release, string digest, int pod) => Json("runtime-validation", "cloudevents", new
    {
        specversion = "1.0",
        id = $"{release}/{pod}",
        source = "https://validation.example.com/prod-eu-1",
        type = "dev.releaseintegrity.runtime-validation.observed.v1",
        time = Text(At(35 + pod)),
        datacontenttype = "application/json",
        data = new
        {
            cluster = "prod-eu-1",
            podUid = $"pod-{release}-{pod}",
            container = "app",
            revision = "7",
            image = Reference(release),
            digest,
            digestKind = "manifest",
            fields = new Dictionary<string, string> { ["admission-check"] = "pass" },
        },
    });

    private static Sent Distribution(params object[] events) => Json("artifact-registry", "distribution", new { events });

    private object Event(string id, string action, int minute, object target) =>
        new { id, timestamp = Text(At(minute)), action, target, request = new { host = Host } };

    private static Sent Json<T>(string source, string format, T body) => new(source, format, JsonSerializer.SerializeToUtf8Bytes(body));

    private static string Base64<T>(T value) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(value));

    private DateTimeOffset At(int minute) => start.AddMinutes(minute);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Repository(int release) => $"team-{release % 4}/app-{release}";

    private static string Tag(int release) => $"rel-{release}";

    private static string Reference(int release) => $"{Host}/{Repository(release)}:{Tag(release)}";

    private static string Digest(string of) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(of)))}";
}
