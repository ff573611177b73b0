using System.Collections.Concurrent;

namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>
/// Open connections for reading, so that a read neither opens the file nor prepares its statements anew. As many are
/// open as there are reads at once; a few stay open in between. Safe for any number of threads.
/// </summary>
internal sealed class ReadConnections(Func<PreparingConnection> open) : IDisposable
{
    private const int IdleLimit = 4;

    private readonly ConcurrentBag<PreparingConnection> _idle = [];
    private volatile bool _closed;

    /// <summary>A connection that is open.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed; what would be opened now stayed open.</exception>
    public PreparingConnection Take()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return _idle.TryTake(out PreparingConnection? idle) ? idle : open();
    }

    /// <summary>Gives back a connection that works; one that failed is disposed instead.</summary>
    public void GiveBack(PreparingConnection connection)
    {
        if (_closed || _idle.Count >= IdleLimit)
        {
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
        if (_closed)
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out PreparingConnection? connection))
        {
            connection.Dispose();
        }
    }
}
