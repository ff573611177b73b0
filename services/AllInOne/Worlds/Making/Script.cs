using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>One message on its way: what it says, and when it arrives.</summary>
/// <param name="Delivery">As it arrives.</param>
/// <param name="Statements">What a reader may learn from it.</param>
internal sealed record Telling(Delivery Delivery, IReadOnlyList<Statement> Statements);

/// <summary>Everything that is told in a world, as it is written down.</summary>
internal sealed class Script(Chance chance)
{
    private readonly List<Telling> _tellings = [];

    /// <summary>All of it, by receipt; what arrives at one instant in the order of writing.</summary>
    public IReadOnlyList<Telling> Tellings => [.. _tellings.OrderBy(t => t.Delivery.ReceivedAt)];

    /// <summary>The last thing written down.</summary>
    public Telling Last => _tellings[^1];

    /// <summary>A message arrives.</summary>
    /// <param name="source">Whose collector takes it.</param>
    /// <param name="message">The message.</param>
    /// <param name="at">When it arrives.</param>
    public void Tell(Source source, Message message, DateTimeOffset at) =>
        _tellings.Add(new Telling(new Delivery(source, message.Format, message.Headers, message.Body, at), message.Statements));

    /// <summary>A message arrives soon after it was sent.</summary>
    public void TellSoon(Source source, Message message, DateTimeOffset sent) => Tell(source, message, sent + chance.Minutes(0.05, 1.5));

    /// <summary>Some of what was told arrives again, up to a day later.</summary>
    public void Repeat(double share)
    {
        foreach (Telling telling in _tellings.ToArray())
        {
            if (chance.Happens(share))
            {
                _tellings.Add(telling with { Delivery = telling.Delivery with { ReceivedAt = telling.Delivery.ReceivedAt + chance.Minutes(0.1, 24 * 60) } });
            }
        }
    }

    /// <summary>Some of what was told arrives hours late.</summary>
    public void Delay(double share)
    {
        for (int i = 0; i < _tellings.Count; i++)
        {
            if (chance.Happens(share))
            {
                Telling telling = _tellings[i];
                _tellings[i] = telling with { Delivery = telling.Delivery with { ReceivedAt = telling.Delivery.ReceivedAt + chance.Minutes(20, 7 * 60) } };
            }
        }
    }
}
