using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Simulation.Deterministic.Services;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>What somebody outside asks of a process, again until it is answered.</summary>
internal abstract class Errand(int number, DateTimeOffset notBefore)
{
    private Task<DateTimeOffset>? _asking;
    private Life? _by;

    public int Number => number;

    public DateTimeOffset NotBefore { get; private set; } = notBefore;

    /// <summary>What the answer said; null until then.</summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>For the trace.</summary>
    public abstract string What { get; }

    /// <summary>It is to be asked, now or later.</summary>
    public bool Waits => AnsweredAt is null && _asking is null;

    public bool IsReady(DateTimeOffset now) => Waits && NotBefore <= now;

    /// <summary>The processes that can take it, by their nodes.</summary>
    public abstract IEnumerable<INode> TakersIn(IEnumerable<INode> nodes);

    /// <summary>Asks.</summary>
    public void Begin(INode node)
    {
        _by = node.Life;
        _asking = AskAsync(node);
    }

    /// <summary>Looks for the answer; returns why there will be none.</summary>
    public Exception? End(DateTimeOffset now, TimeSpan pause)
    {
        if (_asking is not { IsCompleted: true } done)
        {
            return null;
        }

        _asking = null;
        if (done.IsCompletedSuccessfully)
        {
            AnsweredAt = done.Result;
            return null;
        }

        NotBefore = now + pause;
        return done.Exception!.GetBaseException();
    }

    /// <summary>Whoever was asked is gone.</summary>
    public void Lose(Life life, DateTimeOffset again)
    {
        if (_asking is { IsCompleted: false } && _by == life)
        {
            _asking = null;
            NotBefore = again;
        }
    }

    protected abstract Task<DateTimeOffset> AskAsync(INode node);
}

/// <summary>A source sends a notification; the answer is when it was received.</summary>
internal sealed class Sending(int number, Delivery delivery) : Errand(number, delivery.NotBefore)
{
    public Delivery Delivery => delivery;

    public override string What => $"delivery {Number} {delivery.Format}";

    public override IEnumerable<INode> TakersIn(IEnumerable<INode> nodes) => nodes.OfType<CollectorNode>().Where(c => c.Source == delivery.Source);

    protected override Task<DateTimeOffset> AskAsync(INode node) => ((CollectorNode)node).TakeAsync(delivery.Format, delivery.Body);
}

/// <summary>A steward acts on what is handed off.</summary>
internal sealed class Acting(int number, Act act) : Errand(number, act.NotBefore)
{
    public Act Act => act;

    /// <summary>What was asked for at first: who asks again asks for the same.</summary>
    public Proposal? Proposal { get; set; }

    public override string What => $"act {Number} {act.Kind}";

    public override IEnumerable<INode> TakersIn(IEnumerable<INode> nodes) => nodes.OfType<HandoffNode>();

    protected override Task<DateTimeOffset> AskAsync(INode node) => ((HandoffNode)node).ActAsync(this);
}

/// <summary>An operator wants a source to be asked now.</summary>
internal sealed class Insisting(int number, Source source, DateTimeOffset notBefore) : Errand(number, notBefore)
{
    public override string What => $"operator {Number} asks {source}";

    public override IEnumerable<INode> TakersIn(IEnumerable<INode> nodes) => nodes.OfType<CollectorNode>().Where(c => c.Source == source);

    protected override Task<DateTimeOffset> AskAsync(INode node) => ((CollectorNode)node).InsistAsync();
}
