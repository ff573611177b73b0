using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>The four figures, summed up.</summary>
internal sealed record Figures
{
    /// <summary>How often it took how long from a conflict to the first package that shows it, in ms, ascending.</summary>
    public required IReadOnlyList<(long Ms, long Count)> Spans { get; init; }

    /// <summary>What stewards made of each field that they judged.</summary>
    public required IReadOnlyList<FieldFigure> Fields { get; init; }

    /// <summary>Fields of current ledgers in conflict, by what became of them.</summary>
    public long Held { get; init; }
    public long Ruled { get; init; }
    public long Converging { get; init; }

    /// <summary>Fields that some ledger overwrote silently, current or past.</summary>
    public long Overwritten { get; init; }

    /// <summary>Packages that came; of those the ones that came after a later one; and those that are missing before one that came.</summary>
    public long Packages { get; init; }
    public long Late { get; init; }
    public long Missing { get; init; }

    /// <summary>Numbers under which different contents were announced, and ledgers that came out otherwise when derived again.</summary>
    public long Contradicted { get; init; }
    public long Rederived { get; init; }

    /// <summary>How many spans there are.</summary>
    public long SpanCount => Spans.Sum(s => s.Count);

    /// <summary>The least span that at least a share of all reach, in ms (nearest rank); 0 of none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public long Quantile(double share)
    {
        long rank = (long)Math.Ceiling(share * SpanCount);
        foreach ((long ms, long count) in Spans)
        {
            rank -= count;
            if (rank <= 0)
            {
                return ms;
            }
        }

        return 0;
    }

    /// <summary>Counts sets of fields field by field.</summary>
    public static IReadOnlyList<FieldFigure> ByField(IEnumerable<(long Accepted, long Refused, long FromHold, long Count)> sets)
    {
        var rows = sets.ToList();
        return
        [
            .. Enum.GetValues<Field>().Select(f => new FieldFigure(WireNames.Of(f), Count(f, r => r.Accepted), Count(f, r => r.Refused), Count(f, r => r.FromHold)))
                .Where(f => f.Accepted + f.Refused + f.FromHold > 0),
        ];

        long Count(Field field, Func<(long Accepted, long Refused, long FromHold, long Count), long> set) =>
            rows.Where(r => (set(r) & (1L << (int)field)) != 0).Sum(r => r.Count);
    }
}

/// <summary>In how many packages a field was accepted as reconciled, was not, and was decided by a pin where it was held.</summary>
internal sealed record FieldFigure(string Field, long Accepted, long Refused, long FromHold);
