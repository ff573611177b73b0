using System.Text.Json;
using MassTransit;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Lifecycle.Storing;

/// <summary>A saga that can be stored: its state's name is a column, the rest is JSON.</summary>
public interface IStoredSaga : SagaStateMachineInstance
{
    /// <summary>Name of the current state.</summary>
    string CurrentState { get; }
}

/// <summary>
/// The rows of one kind of saga, as one message sees them: it remembers the revision that it loaded.
/// <para>
/// Concurrency: not for sharing between messages. An update or delete names the revision that was loaded; where another
/// message was faster, and where two insert one saga, the later one gets a <see cref="StaleRevisionException"/> and its
/// message is to be tried again. Failure: each call is one durable transaction, and a saga is written once per message.
/// </para>
/// </summary>
public sealed class SagaRows<TSaga>(IStore store)
    where TSaga : class, IStoredSaga
{
    private static readonly string Kind = JsonNamingPolicy.KebabCaseLower.ConvertName(typeof(TSaga).Name);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<Guid, long> _loaded = [];

    /// <summary>The saga, or null.</summary>
    public async Task<TSaga?> LoadAsync(Guid correlationId, CancellationToken cancellationToken)
    {
        SagaRow? row = await store.ReadAsync(
            snapshot => snapshot.SingleOrDefaultAsync<SagaRow>(
                SagaStatements.Load, new { Kind, correlationId }),
            cancellationToken);
        if (row is null)
        {
            return null;
        }

        _loaded[correlationId] = row.Revision;
        return JsonSerializer.Deserialize<TSaga>(row.Body, Json)
            ?? throw new JsonException($"null is no {Kind}");
    }

    /// <summary>Writes a saga that is not there yet.</summary>
    public async Task InsertAsync(TSaga saga, CancellationToken cancellationToken)
    {
        int inserted = await store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                SagaStatements.Insert,
                new { Kind, saga.CorrelationId, saga.CurrentState, body = Body(saga) }),
            cancellationToken);
        Demand(inserted);
        _loaded[saga.CorrelationId] = 1;
    }

    /// <summary>Writes a saga that was loaded.</summary>
    public async Task UpdateAsync(TSaga saga, CancellationToken cancellationToken)
    {
        long revision = _loaded[saga.CorrelationId];
        int updated = await store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                SagaStatements.Update,
                new { Kind, saga.CorrelationId, saga.CurrentState, body = Body(saga), revision }),
            cancellationToken);
        Demand(updated);
        _loaded[saga.CorrelationId] = revision + 1;
    }

    /// <summary>Removes a saga that was loaded.</summary>
    public async Task DeleteAsync(TSaga saga, CancellationToken cancellationToken)
    {
        int deleted = await store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                SagaStatements.Delete,
                new { Kind, saga.CorrelationId, revision = _loaded[saga.CorrelationId] }),
            cancellationToken);
        Demand(deleted);
    }

    private static string Body(TSaga saga) => JsonSerializer.Serialize(saga, Json);

    private static void Demand(int rows)
    {
        if (rows != 1)
        {
            throw new StaleRevisionException($"a {Kind} was changed by another writer");
        }
    }

    private sealed record SagaRow
    {
        public string Body { get; init; } = "";

        public long Revision { get; init; }
    }
}
