using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>What a steward does.</summary>
internal enum ActKind
{
    /// <summary>Has seen a package.</summary>
    Acknowledge,

    /// <summary>Gives a package back.</summary>
    Return,

    /// <summary>Authorises the writes of a package.</summary>
    Authorize,

    /// <summary>Picks a candidate of a held field.</summary>
    Pin,

    /// <summary>Takes the last pin back.</summary>
    Unpin,

    /// <summary>Wants everything to be sent once more.</summary>
    Rebuild,
}

/// <summary>One act. What it is about is picked among what there is by then; where there is nothing, nothing is done.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="NotBefore">When it is done first.</param>
/// <param name="Pick">Picks package, field and candidate.</param>
/// <param name="RequestId">By which a repetition is known.</param>
internal sealed record Act(ActKind Kind, DateTimeOffset NotBefore, int Pick, Guid RequestId)
{
    private const int MostActs = 4;

    /// <summary>The acts of a world: none in half of them.</summary>
    public static IReadOnlyList<Act> Of(Chance chance) => chance.OneIn(2)
        ? []
        :
        [
            .. Enumerable.Range(0, 1 + chance.Next(MostActs)).Select(_ => new Act(
                KindOf(chance), Traffic.Start.AddMinutes(60 + chance.Next(1200)), chance.Next(1 << 16), Guid.ParseExact($"{chance.Salt():x16}{chance.Salt():x16}", "N")))
                .OrderBy(a => a.NotBefore),
        ];

    private static ActKind KindOf(Chance chance) => chance.Next(10) switch
    {
        0 => ActKind.Acknowledge,
        1 => ActKind.Return,
        2 => ActKind.Authorize,
        < 7 => ActKind.Pin,
        7 => ActKind.Unpin,
        _ => ActKind.Rebuild,
    };
}
