using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Offline.Output;
using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>
/// Runs one world through the collectors' readers, the evidence and the engine, in memory: once as it happened, compared with the
/// truth at every instant at which anything could change, then again in other orders.
/// </summary>
internal sealed class WorldRun(World world, Policy policy, Judge judge)
{
    private const int MostDifferences = 40;

    private readonly Dictionary<(Field Field, Agreement Agreement), int> _always = [];
    private readonly Dictionary<(Field Field, Agreement Agreement), int> _atEnd = [];
    private readonly List<Difference> _differences = [];
    private readonly HashSet<(ImageReference, Field, Agreement)> _seen = [];
    private readonly List<ArtifactEnd> _ends = [];
    private readonly Dictionary<ImageReference, Watch> _watches = world.Artifacts.ToDictionary(a => a.Tuple, _ => new Watch());

    /// <summary>Runs it.</summary>
    /// <param name="orders">In how many orders besides that in which it happened.</param>
    public WorldResult Run(int orders)
    {
        var read = new IReadOnlyList<Observation>[world.Deliveries.Count];
        var evidence = new EvidenceBase(policy);
        for (int i = 0; i < read.Length;)
        {
            DateTimeOffset at = world.Deliveries[i].ReceivedAt;
            Pass(evidence, at);
            long began = Stopwatch.GetTimestamp();
            int first = i;
            for (; i < read.Length && world.Deliveries[i].ReceivedAt == at; i++)
            {
                read[i] = WorldEvidence.Read(world.Deliveries[i]);
                Fold(evidence, read[i]);
            }

            foreach (Artifact artifact in world.Artifacts.Where(a => read[first..i].Any(o => Concerns(o, a.Tuple))))
            {
                Look(evidence, artifact, at, began);
            }
        }

        Pass(evidence, world.End);
        (LedgerFigures figures, List<Overwrite> overwrites) = End(evidence, read);
        HashSet<string> hashes = [Hash(evidence)];
        var random = new Random(world.Seed);
        for (int i = 0; i < orders; i++)
        {
            hashes.Add(Hash(Reordered(read, random)));
        }

        return new WorldResult
        {
            Seed = world.Seed,
            Deliveries = world.Deliveries.Count,
            Artifacts = _ends,
            Always = _always,
            AtEnd = _atEnd,
            Differences = _differences,
            Times = [.. _watches.Values.Select(w => w.Time).OfType<TimeToLedger>()],
            Ledgers = figures,
            Overwrites = overwrites,
            Orders = orders + 1,
            DistinctHashes = hashes.Count,
        };
    }

    /// <summary>Whether any of them may change what is known of the artifact: it names the tag, or no tag at all.</summary>
    private static bool Concerns(IReadOnlyList<Observation> observations, ImageReference tuple) =>
        observations.Any(o => o.Subjects.Count == 0 || o.Subjects.Any(s => s.Image is null or { Tag: null } || s.Image == tuple));

    private static void Fold(EvidenceBase evidence, IReadOnlyList<Observation> observations)
    {
        foreach (Observation observation in observations)
        {
            evidence.Add(observation);
        }
    }

    /// <summary>Evaluates at each transition before an instant.</summary>
    private void Pass(EvidenceBase evidence, DateTimeOffset until)
    {
        foreach (Artifact artifact in world.Artifacts)
        {
            while (_watches[artifact.Tuple].Next is { } next && next < until)
            {
                Look(evidence, artifact, next, Stopwatch.GetTimestamp());
            }
        }
    }

    private void Look(EvidenceBase evidence, Artifact artifact, DateTimeOffset at, long began)
    {
        Watch watch = _watches[artifact.Tuple];
        Reconciliation reconciliation = judge(evidence.Of(artifact.Tuple), policy, at);
        watch.Next = reconciliation.NextEvaluationAt > at ? reconciliation.NextEvaluationAt : null;
        IReadOnlyDictionary<Field, Verdict> verdicts = world.Truth.At(artifact.Tuple, at);
        watch.See(reconciliation, verdicts, at, began);
        Compare(artifact, reconciliation.Ledger, verdicts, at, _always);
    }

    private void Compare(
        Artifact artifact, Ledger ledger, IReadOnlyDictionary<Field, Verdict> verdicts, DateTimeOffset at,
        Dictionary<(Field, Agreement), int> counts)
    {
        foreach (FieldEntry entry in ledger.Fields)
        {
            Verdict verdict = verdicts[entry.Field];
            Agreement agreement = Agreements.Of(entry, verdict);
            counts[(entry.Field, agreement)] = counts.GetValueOrDefault((entry.Field, agreement)) + 1;
            if (agreement != Agreement.Agrees && _differences.Count < MostDifferences && _seen.Add((artifact.Tuple, entry.Field, agreement)))
            {
                string state = WireNames.Of(entry.State);
                _differences.Add(new Difference(
                    world.Seed, artifact.Tuple.ToString(), entry.Field, at, agreement,
                    entry.Hold is { } hold ? $"{state}: {WireNames.Of(hold.Reason)}" : $"{state} {string.Join(',', entry.Authoritative ?? [])}".Trim(),
                    $"{WireNames.Of(verdict.Stand)}{(verdict.Because is null ? "" : $": {verdict.Because}")} {string.Join(',', verdict.Values)}".Trim(),
                    artifact.Drifts));
            }
        }
    }

    private (LedgerFigures Figures, List<Overwrite> Overwrites) End(EvidenceBase evidence, IEnumerable<IReadOnlyList<Observation>> read)
    {
        var audit = new SilentOverwriteAudit(PolicyAudit.Rules(policy), [.. read.SelectMany(o => o)]);
        LedgerFigures figures = default;
        var overwrites = new List<Overwrite>();
        foreach (Artifact artifact in world.Artifacts)
        {
            Reconciliation reconciliation = judge(evidence.Of(artifact.Tuple), policy, world.End);
            Compare(artifact, reconciliation.Ledger, world.Truth.At(artifact.Tuple, world.End), world.End, _atEnd);
            _ends.Add(new ArtifactEnd(artifact.Drifts, reconciliation.Ledger.OnHold, reconciliation.Package is not null));
            figures += LedgerFigures.Of(reconciliation.Ledger, reconciliation.Package is not null);
            overwrites.AddRange(audit.Overwritten(LedgerDocument.Of(reconciliation.Ledger))
                .Select(f => new Overwrite(world.Seed, artifact.Tuple.ToString(), f, artifact.Drifts)));
        }

        return (figures, overwrites);
    }

    /// <summary>The same deliveries in another order, some of them twice, with a look now and then.</summary>
    private EvidenceBase Reordered(IReadOnlyList<Observation>[] read, Random random)
    {
        IReadOnlyList<Observation>[] order = [.. read, .. read.Where(_ => random.Next(5) == 0)];
        random.Shuffle(order);
        var evidence = new EvidenceBase(policy);
        foreach (IReadOnlyList<Observation> observations in order)
        {
            Fold(evidence, observations);
            if (random.Next(8) == 0)
            {
                judge(evidence.Of(world.Artifacts[0].Tuple), policy, world.End);
            }
        }

        return evidence;
    }

    private string Hash(EvidenceBase evidence)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Artifact artifact in world.Artifacts)
        {
            Reconciliation reconciliation = judge(evidence.Of(artifact.Tuple), policy, world.End);
            JsonObject?[] documents = [LedgerDocument.Of(reconciliation.Ledger), reconciliation.Package is { } package ? PackageDocument.Of(package) : null];
            foreach (JsonObject document in documents.OfType<JsonObject>())
            {
                hash.AppendData(CanonicalJson.Bytes(document));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is watched of one artifact.</summary>
    private sealed class Watch
    {
        private DateTimeOffset? _conflict;
        private DateTimeOffset? _visible;
        private DateTimeOffset? _handedOff;
        private TimeSpan _work;
        private TimeToLedger? _settled;

        public DateTimeOffset? Next { get; set; }

        /// <summary>Of the conflict that was handed off, else of the last that there was.</summary>
        public TimeToLedger? Time => _conflict is { } began && _visible is { } seen ? new TimeToLedger(seen - began, _handedOff - began, _work) : _settled;

        public void See(Reconciliation reconciliation, IReadOnlyDictionary<Field, Verdict> verdicts, DateTimeOffset at, long began)
        {
            bool differ = verdicts.Values.Any(v => v.Differ);
            if (!differ && _handedOff is null)
            {
                // The records came together by themselves: whatever comes next begins anew.
                (_settled, _conflict, _visible) = (Time ?? _settled, null, null);
            }

            _conflict ??= differ ? at : null;
            if (_conflict is not null && _visible is null && reconciliation.Ledger.Fields.Any(f => f.State is FieldState.Held or FieldState.Converging or FieldState.Precedence))
            {
                _visible = at;
                _work = Stopwatch.GetElapsedTime(began);
            }

            _handedOff ??= _conflict is not null && reconciliation.Package is not null ? at : null;
        }
    }
}
