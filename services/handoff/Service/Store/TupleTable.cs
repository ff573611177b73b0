using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The tuples that were seen, each with its number and the keyed names under which it is looked up.</summary>
internal sealed class TupleTable(string engine, Masker masker)
{
    private static readonly RowShape<NewTuple> Rows = RowShape.Of<NewTuple>("tuple_row")
        .Text("registry", 300, t => t.Reference.Registry)
        .Text("repository", 300, t => t.Reference.Repository)
        .Text("tag", 200, t => t.Reference.Tag)
        .Text("tuple_id", 64, t => t.Id)
        .Text("repository_token", 64, t => t.RepositoryToken);

    private readonly HandoffStatements _sql = HandoffStatements.For(engine);

    /// <summary>
    /// The numbers of tuples; one that wasn't seen before gets the next. Until the transaction ends no other process records
    /// anything about them, since what is recorded depends on what is there.
    /// </summary>
    public async Task<IReadOnlyDictionary<ImageReference, long>> NumbersAsync(
        StoreTransaction transaction, IEnumerable<ImageReference> tuples)
    {
        Dictionary<string, ImageReference> byId = tuples.Distinct().ToDictionary(masker.TupleId, t => t);
        await transaction.LockAsync([.. byId.Keys.Select(LockOf)]);
        Dictionary<ImageReference, long> numbers = await SelectAsync(transaction, byId, byId.Keys);
        NewTuple[] missing =
        [
            .. byId.Where(t => !numbers.ContainsKey(t.Value))
                .Select(t => new NewTuple(t.Value, t.Key, masker.RepositoryToken(t.Value.Repository))),
        ];
        if (missing.Length > 0)
        {
            await transaction.ExecuteRowsAsync(_sql.InsertTuples, Rows, missing);
            foreach ((ImageReference tuple, long number) in await SelectAsync(transaction, byId, missing.Select(m => m.Id)))
            {
                numbers.Add(tuple, number);
            }
        }

        return numbers;
    }

    /// <summary>Until the transaction ends nobody else records or decides anything about a tuple.</summary>
    public static Task LockAsync(StoreTransaction transaction, string tupleId) => transaction.LockAsync([LockOf(tupleId)]);

    private static string LockOf(string tupleId) => "tuple/" + tupleId;

    private async Task<Dictionary<ImageReference, long>> SelectAsync(
        StoreTransaction transaction, Dictionary<string, ImageReference> byId, IEnumerable<string> ids) =>
        (await transaction.QueryAsync<TupleRow>(_sql.SelectTuples, new { ids = transaction.Keys(ids) }))
            .ToDictionary(row => byId[row.TupleId], row => row.TupleNo);

    private sealed record NewTuple(ImageReference Reference, string Id, string RepositoryToken);

    private sealed record TupleRow
    {
        public long TupleNo { get; init; }
        public string TupleId { get; init; } = "";
    }
}
