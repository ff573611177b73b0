using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Saga;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Lifecycle.Storing;

/// <summary>
/// MassTransit's sagas in our own store. A saga is loaded from a snapshot and written in a transaction of its own with
/// the loaded revision in the <c>WHERE</c>; the store is not held while the state machine runs.
/// </summary>
public static class StoredSagaRepository
{
    /// <summary>Keeps the saga in the store that is registered under a key.</summary>
    public static ISagaRegistrationConfigurator<TSaga> StoredUnder<TSaga>(
        this ISagaRegistrationConfigurator<TSaga> saga, object key)
        where TSaga : class, IStoredSaga =>
        saga.Repository(repository =>
        {
            repository.AddTransient(provider =>
                new SagaRows<TSaga>(((IKeyedServiceProvider)provider).GetRequiredKeyedService<IStore>(key)));
            repository.RegisterLoadSagaRepository<TSaga, StoredSagaContextFactory<TSaga>>();
            repository.RegisterSagaRepository<
                TSaga, SagaRows<TSaga>, SagaConsumeContextFactory<SagaRows<TSaga>, TSaga>, StoredSagaContextFactory<TSaga>>();
        });
}

/// <summary>Gives each message its own view of the rows.</summary>
internal sealed class StoredSagaContextFactory<TSaga>(
    IServiceProvider services, ISagaConsumeContextFactory<SagaRows<TSaga>, TSaga> contexts)
    : ISagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, IStoredSaga
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        next.Send(new StoredSagaContext<TSaga, T>(Rows(), context, contexts));

    public Task SendQuery<T>(
        ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        throw new NotSupportedException("sagas are found by their correlation id only");

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken)
        where T : class =>
        asyncMethod(new LoadContext(Rows(), cancellationToken));

    public void Probe(ProbeContext context) => context.Add("persistence", "store");

    private SagaRows<TSaga> Rows() => services.GetRequiredService<SagaRows<TSaga>>();

    private sealed class LoadContext(SagaRows<TSaga> rows, CancellationToken cancellationToken)
        : BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>
    {
        public Task<TSaga> Load(Guid correlationId) => rows.LoadAsync(correlationId, CancellationToken)!;
    }
}

/// <summary>One message's dealings with its saga.</summary>
internal sealed class StoredSagaContext<TSaga, TMessage>(
    SagaRows<TSaga> rows, ConsumeContext<TMessage> consumed, ISagaConsumeContextFactory<SagaRows<TSaga>, TSaga> contexts)
    : ConsumeContextScope<TMessage>(consumed, rows), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, IStoredSaga
    where TMessage : class
{
    private readonly ConsumeContext<TMessage> _consumed = consumed;

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class =>
        contexts.CreateSagaConsumeContext(rows, consumeContext, instance, mode);

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) =>
        contexts.CreateSagaConsumeContext(rows, _consumed, instance, SagaConsumeContextMode.Add);

    public async Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance)
    {
        await rows.InsertAsync(instance, CancellationToken);
        return await contexts.CreateSagaConsumeContext(rows, _consumed, instance, SagaConsumeContextMode.Insert);
    }

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId) =>
        await rows.LoadAsync(correlationId, CancellationToken) is { } instance
            ? await contexts.CreateSagaConsumeContext(rows, _consumed, instance, SagaConsumeContextMode.Load)
            : null!;

    public Task Save(SagaConsumeContext<TSaga> context) => rows.InsertAsync(context.Saga, CancellationToken);

    public Task Update(SagaConsumeContext<TSaga> context) => rows.UpdateAsync(context.Saga, CancellationToken);

    public Task Delete(SagaConsumeContext<TSaga> context) => rows.DeleteAsync(context.Saga, CancellationToken);

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;
}
