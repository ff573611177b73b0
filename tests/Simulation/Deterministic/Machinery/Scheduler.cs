namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>Where a process is between two effects; it stays there until the scheduler lets it pass.</summary>
internal enum Point
{
    /// <summary>Before it reads its store.</summary>
    Read,

    /// <summary>Before a transaction.</summary>
    Write,

    /// <summary>The transaction is durable, and the process doesn't know yet.</summary>
    Committed,

    /// <summary>Before a message leaves.</summary>
    Publish,

    /// <summary>The broker has it, and the process doesn't know yet.</summary>
    Published,

    /// <summary>Before messages are taken off their queue.</summary>
    Ack,

    /// <summary>Before a source is asked for a page.</summary>
    Ask,

    /// <summary>Before a sender is answered.</summary>
    Answer,
}

/// <summary>What can go wrong.</summary>
public enum FaultKind
{
    /// <summary>The process ends there, at any point, and starts again later.</summary>
    Crash,

    /// <summary>The store refuses a read or a transaction.</summary>
    StoreFails,

    /// <summary>A transaction is done, and its caller is told that it failed.</summary>
    CommitUnknown,

    /// <summary>The store runs the work of a transaction twice, and keeps the second.</summary>
    WorkTwice,

    /// <summary>The broker takes nothing.</summary>
    PublishFails,

    /// <summary>The broker has taken a message, and its confirmation is lost.</summary>
    PublishUnknown,

    /// <summary>The broker loses a consumer that lives on: its messages and partitions go to others.</summary>
    Disconnect,
}

/// <summary>A fault at the first point that it fits, from a number of passed points on.</summary>
/// <param name="At">Points passed before.</param>
/// <param name="Kind">What goes wrong.</param>
public sealed record Fault(int At, FaultKind Kind);

/// <summary>One run of a process, until it crashes.</summary>
internal sealed class Life(string name)
{
    public string Name { get; } = name;

    public bool IsOver { get; set; }
}

/// <summary>
/// Owns the order of everything: processes wait at their points, one passes at a time and runs, on this thread, up to its
/// next one. What a crashed process waits for never comes, so nothing of it runs any more.
/// </summary>
internal sealed class Scheduler(IEnumerable<Fault> faults, Trace trace)
{
    private readonly List<Waiting> _waiting = [];
    private readonly List<Fault> _faults = [.. faults.OrderBy(f => f.At)];
    private int _passed;

    /// <summary>Ends a process.</summary>
    public required Action<Life> Crash { get; init; }

    /// <summary>Has the broker lose a consumer.</summary>
    public required Action<Life> Disconnect { get; init; }

    /// <summary>Nothing goes wrong any more.</summary>
    public bool IsCalm { get; set; }

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>How many have passed.</summary>
    public int Passed => _passed;

    /// <summary>Waits at a point. Returns what the caller has to let go wrong there, or null.</summary>
    public Task<FaultKind?> PassAsync(Life life, Point point, string what)
    {
        // Not one task for all of the dead: what waits for it would never be collected.
        var waiting = new Waiting(life, point, what, new TaskCompletionSource<FaultKind?>());
        if (!life.IsOver)
        {
            _waiting.Add(waiting);
        }

        return waiting.Turn.Task;
    }

    /// <summary>Lets one of those that wait pass.</summary>
    public void Release(int index)
    {
        Waiting next = _waiting[index];
        _waiting.RemoveAt(index);
        FaultKind? fault = FaultAt(next.Point);
        _passed++;
        trace.Add($"{next.Life.Name}: {next.Point} {next.What}{(fault is null ? "" : $" ** {fault}")}");
        switch (fault)
        {
            case FaultKind.Crash:
                Crash(next.Life);
                return;
            case FaultKind.Disconnect:
                Disconnect(next.Life);
                fault = null;
                break;
        }

        next.Turn.SetResult(fault);
    }

    /// <summary>Forgets what a process waits for.</summary>
    public void Forget(Life life) => _waiting.RemoveAll(w => w.Life == life);

    private FaultKind? FaultAt(Point point)
    {
        int index = IsCalm ? -1 : _faults.FindIndex(f => f.At <= _passed && Fits(f.Kind, point));
        if (index < 0)
        {
            return null;
        }

        FaultKind kind = _faults[index].Kind;
        _faults.RemoveAt(index);
        return kind;
    }

    private static bool Fits(FaultKind fault, Point point) => fault switch
    {
        FaultKind.Crash => true,
        FaultKind.StoreFails => point is Point.Read or Point.Write,
        FaultKind.CommitUnknown => point == Point.Committed,
        FaultKind.WorkTwice => point == Point.Write,
        FaultKind.PublishFails => point == Point.Publish,
        FaultKind.PublishUnknown => point == Point.Published,
        FaultKind.Disconnect => point is Point.Write or Point.Committed or Point.Ack,
        _ => false,
    };

    private sealed record Waiting(Life Life, Point Point, string What, TaskCompletionSource<FaultKind?> Turn);
}
