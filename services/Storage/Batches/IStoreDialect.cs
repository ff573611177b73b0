using Dapper;

namespace ReleaseIntegrity.Storage;

/// <summary>What an engine has its own way of doing inside a transaction.</summary>
internal interface IStoreDialect
{
    /// <summary>Name of the engine, one of <see cref="StoreEngines"/>.</summary>
    string Engine { get; }

    /// <summary>A parameter that stands for a list of texts; see <see cref="StoreSnapshot.Keys(IEnumerable{string})"/>.</summary>
    SqlMapper.ICustomQueryParameter Keys(IEnumerable<string> keys);

    /// <summary>A parameter that stands for a list of Guids.</summary>
    SqlMapper.ICustomQueryParameter Keys(IEnumerable<Guid> keys);

    /// <summary>A parameter that stands for a list of numbers.</summary>
    SqlMapper.ICustomQueryParameter Keys(IEnumerable<long> keys);

    /// <summary>Runs a statement over a batch; returns the rows changed.</summary>
    Task<int> ExecuteAsync<T>(
        StoreTransaction transaction, string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared);

    /// <summary>Runs a statement over a batch; returns the rows that it returns.</summary>
    Task<IReadOnlyList<TResult>> QueryAsync<T, TResult>(
        StoreTransaction transaction, string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared);

    /// <summary>Takes exclusive locks of the transaction.</summary>
    Task LockAsync(StoreTransaction transaction, IReadOnlyCollection<string> resources);
}

/// <summary>A parameter that is the same for all rows of a batch.</summary>
/// <param name="Name">Its name, without the <c>@</c>.</param>
/// <param name="Value">A value of a type that <see cref="StoredTypes"/> knows, or null.</param>
public readonly record struct SharedValue(string Name, object? Value)
{
    /// <summary>Allows to write <c>("now", now)</c>.</summary>
    public static implicit operator SharedValue((string Name, object? Value) pair) => new(pair.Name, pair.Value);
}
