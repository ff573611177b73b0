using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>One notification that a source sends.</summary>
/// <param name="Source">Whose collector takes it.</param>
/// <param name="Format">The format.</param>
/// <param name="Body">The bytes.</param>
/// <param name="NotBefore">When it is sent first.</param>
internal sealed record Delivery(Source Source, string Format, byte[] Body, DateTimeOffset NotBefore)
{
    /// <summary>It never arrives: only who asks the source hears of it.</summary>
    public bool IsLost { get; init; }
}

/// <summary>
/// Small worlds: up to three artifacts whose tags move, forward and back, and whose records are revised, withdrawn, skewed,
/// malformed and sent again, in formats of real sources and in the shared one.
/// </summary>
internal sealed class Traffic
{
    /// <summary>When every world begins.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 22, 6, 0, 0, TimeSpan.Zero);

    private const int MostDeliveries = 10;
    private const int MostArtifacts = 3;
    private const int DigestsEach = 3;
    private const int Certificates = 3;
    private const int Clusters = 2;
    private const string Registry = "registry.example.com";
    private readonly Chance _chance;
    private readonly int _artifacts;
    private int _minute;
    private (int Artifact, string Id, int Count)? _approved;

    private Traffic(Chance chance)
    {
        _chance = chance;
        _artifacts = 1 + chance.Next(MostArtifacts);
    }

    /// <summary>The deliveries of a world, in the order of their sending.</summary>
    public static IReadOnlyList<Delivery> Of(Chance chance)
    {
        var traffic = new Traffic(chance);
        var deliveries = new List<Delivery>();
        for (int left = 3 + chance.Next(MostDeliveries - 2); left > 0; left--)
        {
            traffic._minute += chance.Next(4) == 0 ? chance.Next(400) : chance.Next(20);
            deliveries.Add(deliveries.Count > 0 && chance.OneIn(6)
                ? traffic.Again(deliveries[chance.Next(deliveries.Count)])
                : traffic.Next());
        }

        return [.. deliveries.OrderBy(d => d.NotBefore)];
    }

    // Some senders are impatient, and send twice at once.
    private Delivery Again(Delivery delivery) => _chance.OneIn(2) ? delivery : delivery with { NotBefore = Sent() };

    private Delivery Next()
    {
        int artifact = _chance.Next(_artifacts);
        return _chance.Next(12) switch
        {
            0 or 1 or 2 => Sent(Source.ArtifactRegistry, "distribution", Push(artifact)),
            3 => Event(Source.ArtifactRegistry, artifact, _chance.OneIn(4) ? "withdrawn" : "observed", ""),
            4 or 5 => Event(Source.SignatureLedger, artifact, "observed", Entry()),
            6 or 7 => Sent(Source.ChangeSnapshot, "servicenow", _approved is { } known && _chance.OneIn(3) ? TakenBack(known) : Change(artifact)),
            8 => Event(Source.ChangeSnapshot, artifact, "observed", ChangeEvent()),
            9 => Sent(Source.RuntimeValidation, "k8s-pod", Pod(artifact)),
            10 => Event(Source.RuntimeValidation, artifact, "observed", Container()),
            _ => _chance.Next(3) switch
            {
                0 => Sent(Source.ArtifactRegistry, "distribution", """{"events":[{"action":"pull","target":{}}]}"""),
                1 => Sent(Source.ChangeSnapshot, "servicenow", "{\"result\":"),
                _ => Event(Source.RuntimeValidation, artifact, _chance.OneIn(4) ? "withdrawn" : "observed", Container()),
            },
        };
    }

    private Delivery Sent(Source source, string format, string body) => new(source, format, Encoding.UTF8.GetBytes(body), Sent());

    // Most arrive within minutes, some hours late, and a few before what they tell of.
    private DateTimeOffset Sent() => Start.AddMinutes(_minute + (_chance.OneIn(5) ? _chance.Next(600) : _chance.Next(5))).AddSeconds(_chance.Next(60));

    private string Push(int artifact)
    {
        string type = _chance.OneIn(6) ? "index.v1" : "manifest.v1";
        return $$$"""{"events":[{"id":"{{{_chance.Next(1 << 20):x}}}","timestamp":"{{{Told()}}}","action":"{{{(_chance.OneIn(12) ? "delete" : "push")}}}","target":{"mediaType":"application/vnd.oci.image.{{{type}}}+json","digest":"{{{Digest(artifact)}}}","repository":"{{{Repository(artifact)}}}","tag":"r{{{artifact}}}"},"request":{"host":"{{{Registry}}}"}}]}""";
    }

    private Delivery Event(Source source, int artifact, string what, string more)
    {
        string name = WireNames.Of(source);
        string tag = source == Source.SignatureLedger && _chance.OneIn(2) ? "" : $":r{artifact}";
        return Sent(source, "cloudevents", $$$"""
            {"specversion":"1.0","id":"{{{_chance.Next(1 << 20)}}}","source":"https://x.test","type":"dev.releaseintegrity.{{{name}}}.{{{what}}}.v1","time":"{{{Told()}}}","data":{"image":"{{{Registry}}}/{{{Repository(artifact)}}}{{{tag}}}","digest":"{{{Digest(artifact)}}}","instance":"{{{(source == Source.ArtifactRegistry ? Registry : $"{name}-{_chance.Next(2)}")}}}"{{{more}}}}}
            """);
    }

    private string Entry()
    {
        int index = _chance.Next(40);
        return $$""","logId":"{{new string('1', 64)}}","leafHash":"{{Hash($"leaf {index}")}}","revision":"{{index}}","signingTime":"{{Told()}}","fields":{"signer-key-id":"key-{{_chance.Next(2)}}","certificate-fingerprint":"{{Hash($"cert {_chance.Next(Certificates)}")}}","signature-envelope-id":"dsse-sha256:{{Hash($"env {index}")}}","ledger-write-time":"{{Told()}}"}""";
    }

    private string Change(int artifact)
    {
        bool approved = !_chance.OneIn(6);
        string id = Hash($"change {artifact} {_chance.Next(2)}")[..32];
        int count = _chance.Next(8);
        _approved = approved ? (artifact, id, count) : _approved;
        return Change(artifact, id, count, approved);
    }

    // The record that was approved last is rejected: perhaps nothing else names its artifact.
    private string TakenBack((int Artifact, string Id, int Count) known)
    {
        _approved = null;
        return Change(known.Artifact, known.Id, known.Count + 1, approved: false);
    }

    private string Change(int artifact, string id, int count, bool approved)
    {
        string at = Time(Backwards()).Replace('T', ' ').TrimEnd('Z');
        return $$$"""{"result":{"sys_id":"{{{id}}}","number":"CHG{{{artifact:d7}}}","sys_mod_count":"{{{count}}}","sys_updated_on":"{{{at}}}","state":"-1","approval":"{{{(approved ? "approved" : "rejected")}}}","u_release_train":"r{{{artifact}}}","u_release_window":"W{{{_chance.Next(2)}}}","u_artifact_image":"{{{Registry}}}/{{{Repository(artifact)}}}:r{{{artifact}}}","u_artifact_digest":"{{{Digest(artifact)}}}","u_certificate_fingerprint":"{{{Hash($"cert {_chance.Next(Certificates)}")}}}","u_approved_at":"{{{at}}}"}}""";
    }

    private string ChangeEvent() =>
        $$""","record":{"id":"CHG{{_chance.Next(_artifacts * 2)}}"},"revision":"{{_chance.Next(8)}}","approval":"{{(_chance.OneIn(5) ? "cancelled" : "approved")}}","fields":{"approval-time":"{{Told()}}","release-window":"W{{_chance.Next(2)}}","certificate-fingerprint":"{{Hash($"cert {_chance.Next(Certificates)}")}}"}""";

    private string Pod(int artifact)
    {
        string digest = Digest(artifact);
        string state = _chance.OneIn(6)
            ? $$$"""{"terminated":{"exitCode":0,"finishedAt":"{{{Told()}}}"}}""" : $$$"""{"running":{"startedAt":"{{{Told()}}}"}}""";
        return $$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p{{{{artifact}}}}","uid":"{{{{Hash($"pod {artifact} {_chance.Next(3)}")[..32]}}}}","resourceVersion":"{{{{_chance.Next(60)}}}}"},"spec":{"containers":[{"name":"app","image":"{{{{Registry}}}}/{{{{Repository(artifact)}}}}:r{{{{artifact}}}}"}]},"status":{"phase":"Running","containerStatuses":[{"name":"app","image":"{{{{Registry}}}}/{{{{Repository(artifact)}}}}:r{{{{artifact}}}}","imageID":"{{{{Registry}}}}/{{{{Repository(artifact)}}}}@{{{{digest}}}}","state":{{{{state}}}}}]}}""";
    }

    private string Container() =>
        $$""","cluster":"{{Cluster(_chance.Next(Clusters))}}","podUid":"p{{_chance.Next(4)}}","container":"app","revision":"{{_chance.Next(60)}}","fields":{"admission-check":"pass","observed-envelope-id":"dsse-sha256:{{Hash($"env {_chance.Next(40)}")}}"}""";

    // What sources say the time is: mostly a little ago, at times the future.
    private string Told() => Time(_chance.OneIn(20) ? _minute + 120 : Backwards());

    private int Backwards() => _minute - _chance.Next(90);

    /// <summary>What may be read nowhere but in what is meant for machines: paths, clusters, fingerprints, digests in full.</summary>
    public static IReadOnlyList<string> Secrets { get; } =
    [
        .. Enumerable.Range(0, MostArtifacts).Select(Repository),
        .. Enumerable.Range(0, MostArtifacts).SelectMany(a => Enumerable.Range(0, DigestsEach).Select(i => Hash($"image {a} {i}"))),
        .. Enumerable.Range(0, Certificates).Select(i => Hash($"cert {i}")),
        .. Enumerable.Range(0, Clusters).Select(Cluster),
    ];

    private static string Cluster(int number) => $"cluster-{number}";

    private static string Repository(int artifact) => $"team/app-{artifact}";

    private string Digest(int artifact) => "sha256:" + Hash($"image {artifact} {_chance.Next(DigestsEach)}");

    private static string Time(int minute) => Start.AddMinutes(minute).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
