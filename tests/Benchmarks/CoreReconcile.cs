using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Benchmarks;

/// <summary>
/// One reconcile of a four-source tuple: agreed, and held as in the scenario. The baseline is what nobody can avoid:
/// parsing four small JSON payloads. Flat in <see cref="Superseded"/> means that history costs nothing.
/// </summary>
[MemoryDiagnoser]
[InProcess]
[WarmupCount(3)]
[IterationCount(9)]
public class CoreReconcile
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[][] Payloads = [.. Enumerable.Range(0, 4).Select(Payload)];
    private readonly Policy _policy = PolicyFile.Default();
    private TupleEvidence _agreed = null!;
    private TupleEvidence _held = null!;

    /// <summary>Superseded revisions of the registry's tag and of the change record.</summary>
    [Params(10, 1_000, 10_000)]
    public int Superseded { get; set; }

    /// <summary>Builds the evidence once.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _agreed = Release.Evidence(_policy, Superseded, lagging: false);
        _held = Release.Evidence(_policy, Superseded, lagging: true);
    }

    /// <summary>The ceiling: parsing the four payloads.</summary>
    [Benchmark(Baseline = true)]
    public int ParseFourPayloads()
    {
        int members = 0;
        foreach (byte[] payload in Payloads)
        {
            using var document = JsonDocument.Parse(payload);
            members += document.RootElement.GetProperty("events").GetArrayLength();
        }

        return members;
    }

    /// <summary>All four sources agree.</summary>
    [Benchmark]
    public Reconciliation Agreed() => Reconciler.Reconcile(_agreed, _policy, Noon);

    /// <summary>The scenario: the registry lags; alternatives are worked out.</summary>
    [Benchmark]
    public Reconciliation Held() => Reconciler.Reconcile(_held, _policy, Noon);

    private static byte[] Payload(int index) => Encoding.UTF8.GetBytes(
        $$$"""
        {"events":[{"id":"0000-{{{index}}}","timestamp":"2026-03-22T08:00:00.123456789Z","action":"push","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{new string('b', 64)}}}","length":2206,"repository":"payments/api","url":"https://registry.example.com/v2/payments/api/manifests/x","tag":"rel-2026.03.22.4"},"request":{"id":"1869","addr":"192.0.2.1","host":"registry.example.com","method":"PUT","useragent":"docker/28.0"},"actor":{"name":"release-bot"},"source":{"addr":"registry.example.com:5000","instanceID":"bde27723"}}]}
        """);
}
