using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>One notification as a source would send it.</summary>
/// <param name="Source">The collector that takes it.</param>
/// <param name="Path">Where it is posted.</param>
/// <param name="Body">The bytes.</param>
internal readonly record struct Sent(string Source, string Path, string Body)
{
    /// <summary>The notification's address, by which ledgers refer to it.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));
}

/// <summary>The notifications of one release.</summary>
/// <param name="Repository">Its repository.</param>
/// <param name="Tag">Its tag; both make the tuple.</param>
/// <param name="Notifications">In the order in which the sources send them.</param>
internal sealed record ReleaseTraffic(string Repository, string Tag, IReadOnlyList<Sent> Notifications);

/// <summary>
/// Made-up releases: five notifications each, of one record each, from all four sources: two pushes (the second moves
/// the tag), a tagged ledger entry, an approved change, a running container. In one release of ten the change approves
/// what was there before the tag moved, so that it ends on hold, with a package.
/// </summary>
internal static class Traffic
{
    /// <summary>Notifications of one release.</summary>
    public const int PerRelease = 5;

    private const int DisputedEvery = 10;
    /// <summary>The registry of all of them.</summary>
    public const string Registry = "registry.example.com";

    /// <summary>The notifications of one release, in the order in which its sources send them.</summary>
    /// <param name="release">Which tuple.</param>
    /// <param name="round">0 for the tuple's first release; greater ones move its tag again, later.</param>
    /// <param name="end">When the last source speaks, UTC; the others do within the ten minutes before.</param>
    public static ReleaseTraffic Of(int release, int round, DateTimeOffset end) =>
        new($"team{release % 97}/service{release % 1009}", $"r{release}", [.. Notifications(release, round, end)]);

    private static IEnumerable<Sent> Notifications(int release, int round, DateTimeOffset end)
    {
        string id = $"{release:x8}{round:x4}";
        string digest = $"sha256:{id}{release:x52}";
        string before = $"sha256:f{id}{release:x51}";
        string repository = $"team{release % 97}/service{release % 1009}";
        string image = $"{Registry}/{repository}:r{release}";
        string at = Rfc3339(end.AddMinutes(-5));
        string hash = $"{id}{release:x52}";
        string changed = end.AddMinutes(-2).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        yield return Push(before, Rfc3339(end.AddMinutes(-10)), repository, release, $"{round}a");
        yield return Push(digest, at, repository, release, $"{round}b");
        yield return new Sent("signature-ledger", "cloudevents",
            $$$$"""{"specversion":"1.0","id":"l{{{{id}}}}","source":"/ledger","type":"dev.releaseintegrity.signature-ledger.observed.v1","time":"{{{{at}}}}","data":{"instance":"log-1","subjects":[{"image":"{{{{image}}}}","digest":"{{{{digest}}}}"}],"fields":{"signature-envelope-id":["dsse-sha256:{{{{hash}}}}"],"signer-key-id":"kms-prod-sign-09","certificate-fingerprint":"{{{{hash}}}}","ledger-write-time":"{{{{at}}}}"}}}""");
        yield return new Sent("change-snapshot", "servicenow",
            $$$"""{"result":{"sys_id":"{{{release:x32}}}","number":"CHG{{{release:d7}}}","sys_mod_count":"{{{round + 3}}}","sys_updated_on":"{{{changed}}}","state":"-1","approval":"approved","u_release_train":"r{{{release}}}","u_artifact_image":"{{{image}}}","u_artifact_digest":"{{{(release % DisputedEvery == 0 ? before : digest)}}}","u_certificate_fingerprint":"{{{hash}}}","u_approved_at":"{{{changed}}}"}}""");
        yield return new Sent("runtime-validation", "k8s-pod",
            $$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p{{{{release}}}}","uid":"{{{{release:x32}}}}","resourceVersion":"{{{{round + 1}}}}"},"spec":{"containers":[{"name":"app","image":"{{{{image}}}}"}]},"status":{"phase":"Running","containerStatuses":[{"name":"app","image":"{{{{image}}}}","imageID":"{{{{Registry}}}}/{{{{repository}}}}@{{{{digest}}}}","state":{"running":{"startedAt":"{{{{Rfc3339(end)}}}}"}}}]}}""");
    }

    private static Sent Push(string digest, string at, string repository, int release, string serial) => new(
        "artifact-registry", "distribution",
        $$$"""{"events":[{"id":"{{{release}}}-{{{serial}}}","timestamp":"{{{at}}}","action":"push","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{digest}}}","repository":"{{{repository}}}","tag":"r{{{release}}}"},"request":{"host":"{{{Registry}}}"}}]}""");

    private static string Rfc3339(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
