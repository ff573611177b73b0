using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>What every engine keeps of <see cref="IEvidenceStore"/>'s promises.</summary>
public abstract class EvidenceStoreContract<TEngine> : IAsyncLifetime
    where TEngine : EngineUnderTest, new()
{
    private static readonly Policy Policy = PolicyFile.Default();

    private TEngine Engine { get; } = new();

    private EvidenceStore Evidence => field ??= new EvidenceStore(Engine.Store.Engine, Policy);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task A_digest_only_entry_binds_whichever_comes_first()
    {
        Observation entry = Say.Entry(1, Say.T0, null, "k", Say.B);
        Observation tag = Say.Tag(Say.Tuple, Say.B, Say.T0);
        ImageReference other = Say.Tuple with { Tag = "other" };

        Assert.Empty(await AddAsync(entry));
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await AddAsync(tag));
        Assert.Equal(2, (await EvidenceOfAsync(Say.Tuple)).Records.Count);

        await AddAsync(Say.Tag(other, Say.B, Say.T0));
        Assert.Equal(
            new[] { EvidenceKeys.Of(Say.Tuple), EvidenceKeys.Of(other) }.Order(StringComparer.Ordinal),
            (await AddAsync(Say.Entry(2, Say.T0, null, "k", Say.B))).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await EvidenceOfAsync(Say.Tuple)).Records.Count);
    }

    [Fact]
    public async Task An_index_that_comes_late_brings_what_is_about_its_children()
    {
        Digest child = Say.Digest("child");
        await AddAsync(Say.Entry(1, Say.T0, Say.Tuple with { Tag = null }, "k", child), Say.Tag(Say.Tuple, Say.B, Say.T0));
        Assert.Single((await EvidenceOfAsync(Say.Tuple)).Records);
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await AddAsync(Say.Index(Say.Tuple, Say.B, Say.T0, false, child)));
        Assert.Equal(3, (await EvidenceOfAsync(Say.Tuple)).Records.Count);
        await AddAsync(Say.Index(Say.Tuple with { Repository = "elsewhere" }, Say.B, Say.T0, false, Say.Digest("stranger")));
        await AddAsync(Say.Entry(3, Say.T0, null, "k", Say.Digest("stranger")));
        Assert.Equal(3, (await EvidenceOfAsync(Say.Tuple)).Records.Count);
    }

    [Fact]
    public async Task A_payload_binds_what_is_signed_under_its_digest_whichever_comes_first()
    {
        Digest payload = Say.Digest("payload");
        await AddAsync(Say.Entry(1, Say.T0, null, "k", payload), Say.Tag(Say.Tuple, Say.B, Say.T0));
        Assert.Single((await EvidenceOfAsync(Say.Tuple)).Records);
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await AddAsync(Say.Payload(Say.Tuple, Say.B, payload, Say.T0)));
        Assert.Equal(3, (await EvidenceOfAsync(Say.Tuple)).Records.Count);
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await AddAsync(Say.Entry(2, Say.T0, null, "k", payload)));
        await AddAsync(Say.Payload(Say.Tuple with { Repository = "elsewhere" }, Say.B, Say.Digest("stranger"), Say.T0));
        Assert.Empty(await AddAsync(Say.Entry(3, Say.T0, null, "k", Say.Digest("stranger"))));
        Assert.Equal(4, (await EvidenceOfAsync(Say.Tuple)).Records.Count);
    }

    [Fact]
    public async Task A_deleted_repository_concerns_all_its_tuples_and_waits_for_those_to_come()
    {
        ImageReference later = Say.Tuple with { Tag = "later" };
        await AddAsync(Say.Tag(Say.Tuple, Say.B, Say.T0));
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await AddAsync(Say.RepositoryDeleted(Say.Tuple, Say.T0.AddHours(1))));
        await AddAsync(Say.Tag(later, Say.B, Say.T0));
        Assert.Equal(2, (await EvidenceOfAsync(later)).Records.Count);
    }

    [Fact]
    public async Task A_redelivered_item_is_one_observation_with_the_least_extraction_time()
    {
        Observation tag = Say.Tag(Say.Tuple, Say.B, Say.T0);
        await AddAsync(tag.ReadAt(Say.T0.AddMinutes(9)));
        Assert.Empty(await AddAsync(tag.ReadAt(Say.T0.AddMinutes(12))));
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await AddAsync(tag.ReadAt(Say.T0.AddMinutes(7))));
        TupleEvidence evidence = await EvidenceOfAsync(Say.Tuple);
        Assert.Equal(Say.T0.AddMinutes(7), evidence.Records[0].Current[0].First.Lineage.ExtractedAt);
        Assert.Equal(Say.T0.AddMinutes(12), evidence.Watermarks[(Source.ArtifactRegistry, Say.Registry)]);
        StoredItem item = Assert.Single(await Engine.Store.ReadAsync(s => Evidence.OutcomesAsync(s, tag.Lineage.NotificationSha256), Ct));
        Assert.Equal((ItemOutcome.Applied, 3L), (item.Outcome, item.Deliveries));
    }

    [Fact]
    public async Task A_later_mapping_of_an_item_replaces_it_whichever_comes_first()
    {
        Observation tag = Say.Tag(Say.Tuple, Say.B, Say.T0);
        Observation mapped = tag with { Lineage = tag.Lineage with { MappingVersion = 2 }, Fields = [.. tag.Fields.Take(2)] };
        await AddAsync(mapped);
        await AddAsync(tag);
        RecordHistory history = (await EvidenceOfAsync(Say.Tuple)).Records[0];
        Assert.Equal(2, history.Current[0].First.Fields.Count);
        Assert.Single(await Engine.Store.ReadAsync(s => Evidence.OutcomesAsync(s, tag.Lineage.NotificationSha256), Ct));
    }

    [Fact]
    public async Task Outcomes_are_those_of_the_whole_set()
    {
        Observation old = Say.Tag(Say.Tuple, Say.A, Say.T0);
        Observation now = Say.Tag(Say.Tuple, Say.B, Say.T0.AddHours(1));
        Observation again = now with { Lineage = now.Lineage with { NotificationSha256 = Say.Hash("resync"), ExtractedAt = Say.T0.AddHours(2) } };
        Observation stranger = Say.Entry(1, Say.T0, null, "k", Say.Digest("nobody's"));
        Observation skewed = Say.Pod(Say.Tuple, Say.B, Say.T0.AddDays(9)).ReadAt(Say.T0);
        await AddAsync(again, stranger, now, old, skewed);
        Assert.Equal(
            new Dictionary<ItemOutcome, long>
            {
                [ItemOutcome.Applied] = 2, [ItemOutcome.Superseded] = 1, [ItemOutcome.Duplicate] = 1, [ItemOutcome.Unbound] = 1,
            },
            await Engine.Store.ReadAsync(Evidence.CountOutcomesAsync, Ct));
    }

    [Fact]
    public async Task Only_what_is_superseded_a_duplicate_or_over_is_unreferenced_and_only_once_all_of_it_has_come()
    {
        Observation old = Say.Tag(Say.Tuple, Say.A, Say.T0);
        Observation now = Say.Tag(Say.Tuple, Say.B, Say.T0.AddHours(1));
        Observation again = now with { Lineage = now.Lineage with { NotificationSha256 = Say.Hash("resync"), ExtractedAt = Say.T0.AddHours(2) } };
        Observation stranger = Say.Entry(1, Say.T0, null, "k", Say.Digest("nobody's"));
        Observation pod = Say.Pod(Say.Tuple, Say.B, Say.T0);
        Observation over = Say.Pod(Say.Tuple, Say.B, Say.T0.AddHours(1), version: 2, finished: true);
        await AddAsync(old, now, again, stranger, pod, over);

        Assert.Equal(
            new[] { old, again, pod, over }.Select(o => o.Lineage.NotificationSha256).Order(StringComparer.Ordinal),
            await UnreferencedAsync([.. new[] { old, now, again, stranger, pod, over }.Select(o => Reading(o))]));
        Assert.Empty(await UnreferencedAsync(Reading(old, observations: 2)));
        Assert.Empty(await UnreferencedAsync(Reading(old) with { MappingVersion = 2 }));
        Assert.Empty(await UnreferencedAsync(Reading(old) with { Format = "harbor" }));
        Assert.Empty(await UnreferencedAsync(Reading(old) with { NotificationSha256 = Say.Hash("nobody knows it") }));
        Assert.Empty(await UnreferencedAsync(Reading(old), Reading(old, observations: 2)));
    }

    [Fact]
    public async Task A_finished_container_is_not_read_again_and_one_that_comes_back_is()
    {
        await AddAsync(Say.Tag(Say.Tuple, Say.B, Say.T0), Say.Pod(Say.Tuple, Say.B, Say.T0), Say.Pod(Say.Tuple, Say.B, Say.T0.AddHours(1), version: 2, finished: true));
        Assert.Single((await EvidenceOfAsync(Say.Tuple)).Records);
        await AddAsync(Say.Pod(Say.Tuple, Say.B, Say.T0.AddHours(2), version: 3));
        Assert.Equal(2, (await EvidenceOfAsync(Say.Tuple)).Records.Count);
    }

    [Fact]
    public async Task A_tuple_that_waits_for_an_instance_is_named_when_it_is_heard()
    {
        await AddAsync(Say.Tag(Say.Tuple, Say.B, Say.T0));
        var awaited = new AwaitedInstance(EvidenceKeys.Of(Say.Tuple), Source.ArtifactRegistry, Say.Registry);
        await Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.AwaitAsync(tx, [awaited], []), Ct);
        Assert.Empty(await AddAsync(Say.Entry(1, Say.T0.AddHours(1), null, "k", Say.A)));
        Assert.Empty(await HeardAsync(Say.T0));
        Assert.Equal([EvidenceKeys.Of(Say.Tuple)], await HeardAsync(Say.T0.AddHours(1)));
        await Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.AwaitAsync(tx, [], [awaited]), Ct);
        Assert.Empty(await HeardAsync(Say.T0.AddHours(2)));
    }

    [Fact]
    public async Task Nothing_is_written_over_a_revision_that_moved()
    {
        await AddAsync(Say.Tag(Say.Tuple, Say.B, Say.T0));
        StoredTuple tuple = (await Engine.Store.ReadAsync(s => Evidence.FindAsync(s, EvidenceKeys.Of(Say.Tuple)), Ct))!;
        StoredTuple first = tuple with { Revision = tuple.Revision + 1, LedgerSha256 = "00" };
        await Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.SaveAsync(tx, [first]), Ct);
        await Assert.ThrowsAsync<StaleRevisionException>(
            () => Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.SaveAsync(tx, [first with { LedgerSha256 = "11" }]), Ct));

        var package = new ChainedPackage(tuple.TupleKey, 1, "id", "key", null, Say.T0, []);
        await Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.AppendAsync(tx, [package]), Ct);
        await Assert.ThrowsAsync<StaleRevisionException>(() => Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.AppendAsync(tx, [package]), Ct));
        Assert.Equal("00", (await Engine.Store.ReadAsync(s => Evidence.FindAsync(s, tuple.TupleKey), Ct))!.LedgerSha256);
    }

    [Fact]
    public async Task Pins_are_part_of_the_evidence()
    {
        await AddAsync(Say.Tag(Say.Tuple, Say.B, Say.T0));
        var pin = new Pin(Field.ManifestDigest, [Say.B.Text], "set", Say.T0.AddDays(1), 7, "seen at the console");
        await Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.PinAsync(tx, Say.Tuple, pin), Ct);
        await Engine.Store.WriteAsync((StoreTransaction tx) => Evidence.PinAsync(tx, Say.Tuple, pin), Ct);
        await Engine.RestartAsync();
        Assert.Equivalent(pin, Assert.Single((await EvidenceOfAsync(Say.Tuple)).Pins), strict: true);
    }

    [Fact]
    public async Task Keys_keep_unlike_names_apart_and_are_pages()
    {
        ImageReference[] tuples = [.. Enumerable.Range(0, 7).Select(i => Say.Tuple with { Tag = $"v{i}" })];
        await AddAsync([.. tuples.Select(t => Say.Tag(t, Say.A, Say.T0))]);
        var keys = new List<string>();
        for (string after = ""; ; after = keys[^1])
        {
            IReadOnlyList<string> page = await Engine.Store.ReadAsync(s => Evidence.TupleKeysAsync(s, after, 3), Ct);
            if (page.Count == 0)
            {
                break;
            }

            keys.AddRange(page);
        }

        Assert.Equal(tuples.Select(EvidenceKeys.Of).Order(StringComparer.Ordinal), keys);
    }

    /// <summary>A redelivery with an earlier receipt is a duplicate that its collector counts: nobody counts it twice.</summary>
    [Theory]
    [InlineData("delivered", "reread")]
    [InlineData("reread", "delivered")]
    [InlineData("delivered reread")]
    public async Task A_rereading_counts_with_its_delivery_whichever_comes_first(params string[] transactions)
    {
        Observation tag = Say.Tag(Say.Tuple, Say.B, Say.T0);
        foreach (string told in transactions)
        {
            bool delivered = told.Contains("delivered", StringComparison.Ordinal), reread = told.Contains("reread", StringComparison.Ordinal);
            await Engine.Store.WriteAsync(
                tx => Evidence.AddAsync(
                    tx,
                    delivered ? [tag.ReadAt(Say.T0.AddMinutes(9))] : [],
                    reread ? [tag.ReadAt(Say.T0.AddMinutes(7))] : []),
                Ct);
            long counted = (await Engine.Store.ReadAsync(Evidence.CountOutcomesAsync, Ct)).Values.Sum();
            Assert.Equal(delivered || told != transactions[0] ? 1 : 0, counted);
        }

        Assert.Equal(Say.T0.AddMinutes(7), (await EvidenceOfAsync(Say.Tuple)).Records[0].Current[0].First.Lineage.ExtractedAt);
        StoredItem item = Assert.Single(await Engine.Store.ReadAsync(s => Evidence.OutcomesAsync(s, tag.Lineage.NotificationSha256), Ct));
        Assert.Equal((ItemOutcome.Applied, 1L), (item.Outcome, item.Deliveries));
    }

    private static KeptReading Reading(Observation observation, int observations = 1) => new(
        observation.Lineage.NotificationSha256, observation.Lineage.Format, observation.Lineage.MappingVersion, observations);

    private Task<IReadOnlyList<string>> UnreferencedAsync(params KeptReading[] readings) =>
        Engine.Store.ReadAsync(s => Evidence.UnreferencedAsync(s, readings), Ct);

    private async Task<IReadOnlySet<string>> AddAsync(params IReadOnlyCollection<Observation> observations) =>
        (await Engine.Store.WriteAsync(tx => Evidence.AddAsync(tx, observations, []), Ct)).TupleKeys;

    private Task<IReadOnlySet<string>> HeardAsync(DateTimeOffset at) => Engine.Store.WriteAsync(
        tx => Evidence.HeardAsync(tx, [(Source.ArtifactRegistry, Say.Registry, at)]), Ct);

    private async Task<TupleEvidence> EvidenceOfAsync(ImageReference tuple) =>
        Assert.Single(await Engine.Store.ReadAsync(s => Evidence.KnownAsync(s, [EvidenceKeys.Of(tuple)]), Ct)).Evidence;
}

public sealed class Sqlite_evidence_store : EvidenceStoreContract<SqliteUnderTest>;
