using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>
/// I1 and I7: whatever the order, repetition, batching, restarts and pauses, the store ends with the ledgers, packages and
/// item outcomes that <see cref="EvidenceBase"/> gives for the same set of deliveries.
/// </summary>
public abstract class EvidenceEquivalence<TEngine>
    where TEngine : EngineUnderTest, new()
{
    protected static readonly Policy Policy = PolicyFile.Default() with
    {
        Aliases = [new CoordinateAlias("mirror.example.com", Say.Registry)],
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(36)]
    [InlineData(50)]
    [InlineData(371)]
    [InlineData(663)]
    [InlineData(1284)]
    [InlineData(1610)]
    public Task Seeds_that_failed_once_stay(int seed) => EndsWhereTheEvidenceBaseDoesAsync(seed);

    [Fact]
    public Task A_change_of_policy_derives_anew() => DerivesAnewAsync(2818);

    protected static async Task EndsWhereTheEvidenceBaseDoesAsync(int seed)
    {
        var world = new World(seed);
        var random = new Random(seed ^ 0x5eed);
        await using var engine = new TEngine();
        await engine.InitializeAsync();
        var clock = new FakeTimeProvider(Say.T0);
        var rig = new Rig(engine.Store, clock, Policy);
        await rig.Derivation.EnsureAsync(Ct);
        foreach (Observation[] batch in World.Batches(world.Deliveries, random))
        {
            await rig.FoldAsync(batch);
            if (random.Next(4) == 0)
            {
                await rig.AdvanceToAsync(clock.GetUtcNow().AddMinutes(random.Next(300)));
            }

            if (random.Next(6) == 0)
            {
                await engine.RestartAsync();
                rig = new Rig(engine.Store, clock, Policy);
            }
        }

        await rig.AdvanceToAsync(World.End);
        await AssertSameAsync(engine, rig, Known(world), seed);
    }

    protected static async Task DerivesAnewAsync(int seed)
    {
        var world = new World(seed);
        await using var engine = new TEngine();
        await engine.InitializeAsync();
        var clock = new FakeTimeProvider(World.End);
        Policy before = Policy with { Aliases = [], Digest = Say.Hash("before"), SkewAllowance = TimeSpan.Zero };
        var rig = new Rig(engine.Store, clock, before);
        await rig.Derivation.EnsureAsync(Ct);
        await rig.FoldAsync(world.Deliveries);
        await engine.RestartAsync();
        rig = new Rig(engine.Store, clock, Policy);
        await rig.Derivation.EnsureAsync(Ct);
        await AssertSameAsync(engine, rig, Known(world), seed, samePolicy: false);
    }

    private protected static EvidenceBase Known(World world)
    {
        var known = new EvidenceBase(Policy);
        foreach (Observation delivery in world.Deliveries)
        {
            known.Add(delivery);
        }

        return known;
    }

    private static async Task AssertSameAsync(TEngine engine, Rig rig, EvidenceBase known, int seed, bool samePolicy = true)
    {
        foreach (ImageReference tuple in known.Tuples)
        {
            Reconciliation expected = Reconciling(known, tuple);
            StoredTuple stored = await rig.TupleAsync(tuple);
            AssertSameText(CanonicalJson.Text(LedgerDocument.Of(expected.Ledger)), await rig.LedgerAsync(tuple), $"seed {seed}: {tuple}");
            await AssertSamePackageAsync(rig, expected, stored, seed, samePolicy);
        }

        await AssertSameOutcomesAsync(engine, rig, known, seed);
    }

    private static async Task AssertSamePackageAsync(Rig rig, Reconciliation expected, StoredTuple stored, int seed, bool samePolicy)
    {
        if (expected.Package is null)
        {
            Assert.True(
                !stored.HasOpenPackage || expected.Ledger.Fields.Any(f => f.State == FieldState.Converging),
                $"seed {seed}: a package is open and nothing is left to decide");
            return;
        }

        // The stored content may name the policy under which the decision was prepared first; all else is the same.
        JsonObject content = PackageDocument.Of(expected.Package);
        string kept = (await rig.PackageAsync(stored.Image, stored.PackageRevision))!;
        Assert.True(PackageDocument.DecisionKey(content) == stored.DecisionKey, $"seed {seed}: another package");
        Assert.True(
            samePolicy ? CanonicalJson.Text(content) == kept : PackageDocument.DecisionKey((JsonObject)JsonNode.Parse(kept)!) == stored.DecisionKey,
            $"seed {seed}: other content");
    }

    private static async Task AssertSameOutcomesAsync(TEngine engine, Rig rig, EvidenceBase known, int seed)
    {
        IReadOnlyDictionary<ItemOutcome, long> counts = await engine.Store.ReadAsync(rig.Evidence.CountOutcomesAsync, Ct);
        Dictionary<ItemOutcome, long> expected = new World(seed).Deliveries
            .GroupBy(o => o.Record)
            .SelectMany(g => ItemOutcomes.Of([.. g], known.History(g.Key), known.IsBound))
            .Where(o => o is not null)
            .CountBy(o => o!.Value)
            .ToDictionary(c => c.Key, c => (long)c.Value);
        foreach ((ItemOutcome outcome, long count) in counts)
        {
            Assert.True(expected.GetValueOrDefault(outcome) == count, $"seed {seed}: {outcome} {count}, not {expected.GetValueOrDefault(outcome)}");
        }
    }

    protected static void AssertSameText(string expected, string actual, string about)
    {
        int same = expected.AsSpan().CommonPrefixLength(actual);
        string Around(string text) => text[Math.Max(0, same - 100)..Math.Min(text.Length, same + 100)];
        Assert.True(expected == actual, expected == actual ? "" : $"{about} from {same} on:\n{Around(expected)}\n{Around(actual)}");
    }

    private static Reconciliation Reconciling(EvidenceBase known, ImageReference tuple) =>
        Core.Reconciler.Reconcile(known.Of(tuple), Policy, World.End);
}

/// <summary>Where a store costs nothing, any number of worlds; an engine that has to be there is no place for properties.</summary>
public sealed class Sqlite_evidence_equivalence : EvidenceEquivalence<SqliteUnderTest>
{
    [Property(MaxTest = 40, StartSize = 1000, EndSize = 100_000)]
    public Task The_store_ends_where_the_evidence_base_does(int seed) => EndsWhereTheEvidenceBaseDoesAsync(seed);

    [Property(MaxTest = 15, StartSize = 1000, EndSize = 100_000)]
    public Task A_change_of_policy_derives_what_was_known_before_anew(int seed) => DerivesAnewAsync(seed);

    [Property(MaxTest = 150, StartSize = 1000, EndSize = 100_000)]
    public void The_engine_does_not_look_at_the_order_of_records(int seed)
    {
        EvidenceBase known = Known(new World(seed));
        var random = new Random(seed);
        foreach (ImageReference tuple in known.Tuples)
        {
            TupleEvidence evidence = known.Of(tuple);
            RecordHistory[] records = [.. evidence.Records];
            random.Shuffle(records);
            foreach (double hours in (double[])[8, 14.6, 72])
            {
                DateTimeOffset at = Say.T0.AddHours(hours);
                Reconciliation one = Core.Reconciler.Reconcile(evidence, Policy, at);
                Reconciliation other = Core.Reconciler.Reconcile(evidence with { Records = records }, Policy, at);
                AssertSameText(
                    CanonicalJson.Text(LedgerDocument.Of(one.Ledger)), CanonicalJson.Text(LedgerDocument.Of(other.Ledger)), $"seed {seed}: {tuple} at {at:O}");
                Assert.Equal(one.NextEvaluationAt, other.NextEvaluationAt);
            }
        }
    }
}
