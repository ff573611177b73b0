using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>One record as far as it was told by an instant, its revisions in the order in which they really happened.</summary>
internal sealed class KnownRecord
{
    private readonly List<Statement> _sound = [];
    private readonly List<Statement> _skewed = [];

    /// <param name="told">Its statements, with when each was first heard.</param>
    public KnownRecord(IReadOnlyList<(Statement Statement, DateTimeOffset Heard)> told)
    {
        All = [.. told.Select(t => t.Statement)];
        DateTimeOffset lastSound = DateTimeOffset.MinValue;
        var ahead = new List<(Statement Statement, DateTimeOffset Heard)>();
        foreach ((Statement statement, DateTimeOffset heard) in told.OrderBy(t => t.Statement.At))
        {
            if (statement.Time - heard > Allowances.Skew)
            {
                ahead.Add((statement, heard));
                continue;
            }

            _sound.Add(statement);
            lastSound = heard > lastSound ? heard : lastSound;
            Heard = Heard is { } earliest && earliest <= heard ? earliest : heard;
        }

        // What states no time says nothing against what states one.
        _sound.RemoveAll(s => s.Time is null && s.Kind == RecordKind.RegistryTag && _sound.Exists(o => o.Time is not null));
        _skewed.AddRange(ahead.Where(a => a.Heard >= lastSound).Select(a => a.Statement));
        Now = Current();
    }

    /// <summary>Everything that was told of it.</summary>
    public IReadOnlyList<Statement> All { get; }

    /// <summary>What it says now: one run of statements, or several whose order nothing tells.</summary>
    public IReadOnlyList<Run> Now { get; }

    /// <summary>Statements from the future of their reading that nothing sound has followed.</summary>
    public IReadOnlyList<Statement> Skewed => _skewed;

    /// <summary>What it said before.</summary>
    public IEnumerable<Statement> Past => _sound.Where(s => !Now.Any(r => r.Has(s)));

    /// <summary>When it was first heard.</summary>
    public DateTimeOffset? Heard { get; }

    private List<Run> Current()
    {
        var runs = new List<Run>();
        for (int i = _sound.Count - 1; i >= 0; i--)
        {
            int last = i;
            while (i > 0 && _sound[i - 1].SaysTheSame(_sound[last]))
            {
                i--;
            }

            // Where nothing tells which came last, nothing tells since when either: it said so since it first did.
            bool ordered = !IsUnordered(_sound[last]);
            runs.Add(new Run(runs.Count == 0 && ordered
                ? _sound.GetRange(i, last - i + 1)
                : _sound.FindAll(s => s.SaysTheSame(_sound[last]))));
            if (ordered)
            {
                break;
            }
        }

        // Told so late that nobody sees its clock was ahead, it contradicts by its time what its counter says: nothing tells which is right.
        runs.AddRange(_sound
            .Where(s => s.Kind == RecordKind.ChangeRecord && s.Time > _sound[^1].Time && !runs.Exists(r => r.Has(s)))
            .Select(s => new Run([s])).ToList());
        return runs;
    }

    private static bool IsUnordered(Statement statement) => statement.Unordered || (statement is { Kind: RecordKind.RegistryTag, Time: null });
}

/// <summary>Statements that say the same, one after the other.</summary>
internal sealed class Run(List<Statement> statements)
{
    /// <summary>The first.</summary>
    public Statement First => statements[0];

    /// <summary>The last.</summary>
    public Statement Last => statements[^1];

    /// <summary>Whether the statement is one of them.</summary>
    public bool Has(Statement statement) => statements.Contains(statement);

    /// <summary>The value of a field, with since when: the first says since when, the last how it is now.</summary>
    public (IReadOnlyList<string> Values, DateTimeOffset? Since)? Value(Field field)
    {
        IReadOnlyList<string>? first = First.Value(field);
        IReadOnlyList<string>? last = Last.Value(field);
        bool same = first is not null && (last is null || field == Field.PromotionTime || first.SequenceEqual(last, StringComparer.Ordinal));
        return same ? (first!, First.Time) : last is null ? null : (last, Last.Time);
    }
}
