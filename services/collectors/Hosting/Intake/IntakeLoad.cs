namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>
/// How full a collector is: bodies in memory and kept notifications that wait. Counted in memory, so that an answer of
/// 503 costs nothing; safe for any number of threads.
/// </summary>
internal sealed class IntakeLoad(CollectorOptions options)
{
    private long _bytes;
    private long _backlog;

    public long Backlog => Interlocked.Read(ref _backlog);

    public bool IsFull => Backlog >= options.MaxBacklog;

    /// <summary>Takes room for a body of a size; false when there is none. Room that was taken is given back.</summary>
    public bool TryTake(long bytes)
    {
        if (IsFull)
        {
            return false;
        }

        if (Interlocked.Add(ref _bytes, bytes) <= options.MaxBytesInFlight)
        {
            return true;
        }

        GiveBack(bytes);
        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    public void Waiting(long more) => Interlocked.Add(ref _backlog, more);

    /// <summary>Sets how many wait in all: with other processes on the store, counting along is not enough.</summary>
    public void Counted(long waiting) => Interlocked.Exchange(ref _backlog, waiting);
}
