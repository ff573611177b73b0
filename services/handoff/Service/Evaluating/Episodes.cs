namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>An instant at which a notification brought conflicts about a tuple, and when the first package that shows them was prepared.</summary>
internal sealed record Episode
{
    public long TupleNo { get; init; }
    public DateTimeOffset BeganAt { get; init; }
    public DateTimeOffset ReadyAt { get; init; }

    /// <summary>It is the earliest of those that its package was the first to show: the figure counts from it.</summary>
    public bool Leads { get; init; }

    /// <summary>From the one to the other, in ms, rounded up to three significant digits.</summary>
    public long TookMs { get; init; }
}

/// <summary>
/// How conflicts and the packages that show them join, whatever arrives in which order and how often: of each instant the
/// earliest package counts. Pure.
/// </summary>
internal static class Episodes
{
    private const long ThreeDigits = 1000;

    /// <summary>The episodes of a tuple.</summary>
    /// <param name="tupleNo">The tuple.</param>
    /// <param name="known">Those that are known.</param>
    /// <param name="shown">What further packages show: when conflicts began, and when the package was prepared.</param>
    public static IReadOnlyList<Episode> Join(
        long tupleNo, IEnumerable<Episode> known, IEnumerable<(DateTimeOffset BeganAt, DateTimeOffset ReadyAt)> shown) =>
    [
        .. known.Select(e => (e.BeganAt, e.ReadyAt)).Concat(shown)
            .GroupBy(e => e.BeganAt).Select(g => (BeganAt: g.Key, ReadyAt: g.Min(e => e.ReadyAt)))
            .GroupBy(e => e.ReadyAt)
            .SelectMany(package => package.OrderBy(e => e.BeganAt).Select((e, place) => new Episode
            {
                TupleNo = tupleNo, BeganAt = e.BeganAt, ReadyAt = e.ReadyAt, Leads = place == 0, TookMs = Took(e.BeganAt, e.ReadyAt),
            }))
            .OrderBy(e => e.BeganAt),
    ];

    /// <summary>
    /// A span in ms, rounded up to three significant digits, so that there are few different ones however many episodes there
    /// are; 0 where clocks disagree.
    /// </summary>
    internal static long Took(DateTimeOffset beganAt, DateTimeOffset readyAt)
    {
        long ms = Math.Max(0, (long)Math.Ceiling((readyAt - beganAt).TotalMilliseconds));
        long unit = 1;
        while (ms / unit >= ThreeDigits)
        {
            unit *= 10;
        }

        return (ms + unit - 1) / unit * unit;
    }
}
