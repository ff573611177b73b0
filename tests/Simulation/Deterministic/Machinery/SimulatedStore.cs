using Microsoft.Data.Sqlite;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>One process's way to its database: before and after each transaction the scheduler has its say.</summary>
internal sealed class SimulatedStore(string name, Database database, Life life, Scheduler scheduler, bool isShared) : IStore
{
    public string Engine => StoreEngines.Sqlite;

    public bool IsShared => isShared;

    public async Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken) =>
        await scheduler.PassAsync(life, Point.Read, name) == FaultKind.StoreFails
            ? throw new SimulatedFailureException("the store does not answer")
            : database.Read(read, cancellationToken);

    public async Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        FaultKind? fault = await scheduler.PassAsync(life, Point.Write, name);
        if (fault == FaultKind.StoreFails)
        {
            throw new SimulatedFailureException("the store takes no write");
        }

        T result = database.Write(write, fault == FaultKind.WorkTwice, cancellationToken);
        return await scheduler.PassAsync(life, Point.Committed, name) == FaultKind.CommitUnknown
            ? throw new SimulatedFailureException("the connection was lost at the commit")
            : result;
    }

    public bool IsTransient(Exception exception) => exception is SimulatedFailureException;

    public bool IsUniqueViolation(Exception exception) => exception is SqliteException { SqliteExtendedErrorCode: 2067 or 1555 };

    public ValueTask DisposeAsync() => default;
}

/// <summary>A store or a broker that fails because the simulation wants it to.</summary>
internal sealed class SimulatedFailureException(string message) : Exception(message);
