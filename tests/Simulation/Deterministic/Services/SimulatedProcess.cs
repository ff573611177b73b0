using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A process with one or more services, which crashes and starts again.</summary>
/// <param name="name">For the trace.</param>
/// <param name="compose">Puts its services together for one life.</param>
internal sealed class SimulatedProcess(string name, Func<Life, IReadOnlyList<INode>> compose)
{
    private Task _starting = Task.CompletedTask;

    public string Name => name;

    public Life Life { get; private set; } = new(name) { IsOver = true };

    public IReadOnlyList<INode> Nodes { get; private set; } = [];

    public IReadOnlyList<Lane> Lanes { get; private set; } = [];

    /// <summary>When one that is down starts again.</summary>
    public DateTimeOffset DownUntil { get; set; }

    public bool IsUp => !Life.IsOver && _starting.IsCompletedSuccessfully;

    public bool FailedToStart => !Life.IsOver && _starting.IsFaulted;

    /// <summary>Begins to start; what a service does once comes before everything else.</summary>
    public void Start()
    {
        Life = new Life(name);
        Nodes = compose(Life);
        Lanes = [.. Nodes.SelectMany(n => n.Lanes)];
        _starting = StartAsync(Nodes);
    }

    /// <summary>What made the start fail, if something did.</summary>
    public Exception? Failure => _starting.Exception?.GetBaseException();

    private static async Task StartAsync(IEnumerable<INode> nodes)
    {
        foreach (INode node in nodes)
        {
            await node.StartAsync();
        }
    }
}
