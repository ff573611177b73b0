using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>
/// Eight reconcilers, each with a store of its own as a process has it, fold evidence about fifty tuples at once: batches
/// overlap, entries name digests that tuples of all batches share, and much is said twice. What is kept in the end is what
/// one reconciler keeps that folds the same one by one.
/// </summary>
public abstract class FoldStressContract<TEngine> : IAsyncLifetime
    where TEngine : EngineUnderTest, new()
{
    private const int Writers = 8;
    private const int Tuples = 50;
    private const int BatchSize = 6;

    /// <summary>Tables whose rows follow from the observations, whatever the order, without the revisions that say how often they were written.</summary>
    private static readonly string[] Kept =
    [
        "select notification_sha256, record_key, format, item_index, observation_id, mapping_version, extracted_at, deliveries from observation",
        "select tuple_key, record_key from named",
        "select tuple_key, digest from anchor",
        "select digest, repository_key, record_key from bound_digest",
        "select repository_key, record_key from bound_repository",
        "select repository_key, index_digest, child_digest from index_child",
        "select source, instance, heard_at from watermark",
        "select instance_key, tuple_key from expired_window",
        "select tuple_key, ledger_sha256, holds, on_hold, converging, decision_key from tuple",
    ];

    private TEngine Engine { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task Eight_writers_on_fifty_tuples_end_where_one_does()
    {
        Observation[] evidence = [.. Enumerable.Range(0, Tuples).SelectMany(About)];
        await using var alone = new SqliteUnderTest();
        await alone.InitializeAsync();
        await FoldAsync(alone.Store, [.. evidence.Concat(evidence.Where(IsRepeated)).Select(o => new[] { o })]);

        IStore[] stores = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Engine.OpenAnotherAsync()));
        try
        {
            Observation[] shuffled = [.. evidence, .. evidence.Where(IsRepeated)];
            new Random(8).Shuffle(shuffled);
            Observation[][] batches = [.. shuffled.Chunk(BatchSize)];
            await Task.WhenAll(stores.Select((store, writer) =>
                Task.Run(() => FoldAsync(store, [.. batches.Where((_, number) => number % Writers == writer)]), Ct)));
        }
        finally
        {
            await Task.WhenAll(stores.Select(s => s.DisposeAsync().AsTask()));
        }

        foreach (string rows in Kept)
        {
            Assert.Equal(await RowsAsync(alone.Store, rows), await RowsAsync(Engine.Store, rows));
        }

        Assert.Equal(await HistoriesAsync(alone.Store), await HistoriesAsync(Engine.Store));
        Assert.Equal(Tuples, await Engine.Store.ReadAsync(s => s.SingleAsync<long>("select count(*) from tuple"), Ct));
        await ChainsAreWholeAsync();
    }

    /// <summary>What the sources say about one tuple; two neighbours share the digest that the ledger signed.</summary>
    private static IEnumerable<Observation> About(int number)
    {
        ImageReference tuple = Say.Tuple with { Repository = $"team-{number % 7}/app-{number}" };
        Digest promoted = Say.Digest($"promoted {number}");
        Digest signed = Say.Digest($"signed {number / 2}");
        Digest child = Say.Digest($"child {number}");
        for (int moved = 0; moved < 4; moved++)
        {
            yield return Say.Tag(tuple, moved == number % 4 ? signed : promoted, Say.T0.AddHours(moved - 12));
        }

        yield return Say.Index(tuple, signed, Say.T0.AddHours(-8), false, child);
        yield return Say.Entry(number, Say.T0.AddHours(-2), null, "key", signed, child);
        yield return Say.Change(tuple, promoted, Say.T0.AddHours(-20), "key", Say.T0.AddHours(-2), 1, $"chg-{number}");
        yield return Say.Change(tuple, signed, Say.T0.AddHours(-20), "old key", Say.T0.AddHours(-1), 2, $"chg-{number}");
        yield return Say.Pod(tuple, number % 5 == 0 ? child : signed, Say.T0.AddHours(-2), $"pod-{number}");
        if (number % 10 == 0)
        {
            yield return Say.RepositoryDeleted(tuple, Say.T0.AddHours(-1));
        }
    }

    private static bool IsRepeated(Observation observation) => observation.Lineage.NotificationSha256[0] is >= '0' and <= '3';

    // As the bus does: what met other writers too often is delivered again.
    private static async Task FoldAsync(IStore store, IReadOnlyList<Observation[]> batches)
    {
        var rig = new Rig(store, new FakeTimeProvider(Say.T0.AddDays(2)));
        foreach (Observation[] batch in batches)
        {
            IReadOnlyList<FoldMessage> messages = rig.Messages(batch);
            for (bool done = false; !done;)
            {
                try
                {
                    await rig.Folder.FoldAsync(messages, Ct);
                    done = true;
                }
                catch (Exception e) when (e is StaleRevisionException || store.IsTransient(e))
                {
                }
            }
        }
    }

    /// <summary>Every tuple's packages are numbered without a gap, each one superseding the one before, the last one open.</summary>
    private async Task ChainsAreWholeAsync()
    {
        IReadOnlyList<Package> packages = await Engine.Store.ReadAsync(
            s => s.QueryAsync<Package>("select tuple_key, revision, package_id, supersedes, closed_at from package order by tuple_key, revision"), Ct);
        Assert.NotEmpty(packages);
        foreach (IGrouping<string, Package> chain in packages.GroupBy(p => p.TupleKey))
        {
            Assert.Equal(Enumerable.Range(1, chain.Count()).Select(n => (long)n), chain.Select(p => p.Revision));
            Assert.All(chain.Zip(chain.Skip(1)), pair => Assert.NotNull(pair.First.ClosedAt));
        }
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(IStore store, string sql) =>
    [
        .. (await store.ReadAsync(s => s.QueryAsync<dynamic>(sql), Ct))
            .Select(row => string.Join(" | ", ((IDictionary<string, object?>)row).Values.Select(Text)))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task<IReadOnlyList<string>> HistoriesAsync(IStore store) =>
    [
        .. (await store.ReadAsync(s => s.QueryAsync<History>("select record_key, retired, history as bytes from record"), Ct))
            .Select(r => $"{r.RecordKey} {r.Retired} {Convert.ToHexStringLower(SHA256.HashData(r.Bytes))}")
            .Order(StringComparer.Ordinal),
    ];

    // Engines differ in the types of what they return, not in what it says.
    private static string Text(object? value) => value switch
    {
        null => "",
        DateTimeOffset instant => StoredTypes.TextOf(instant),
        bool flag => flag ? "1" : "0",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    private sealed record History
    {
        public string RecordKey { get; init; } = "";

        public bool Retired { get; init; }

        public byte[] Bytes { get; init; } = [];
    }

    private sealed record Package
    {
        public string TupleKey { get; init; } = "";

        public long Revision { get; init; }

        public string PackageId { get; init; } = "";

        public string? Supersedes { get; init; }

        public DateTimeOffset? ClosedAt { get; init; }
    }
}

public sealed class Sqlite_fold_stress : FoldStressContract<SharedSqliteUnderTest>;
