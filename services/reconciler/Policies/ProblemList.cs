namespace ReleaseIntegrity.Policies;

/// <summary>A place in the document, both from 1.</summary>
internal readonly record struct Position(int Line, int Column)
{
    /// <summary>The document itself, not a place in it.</summary>
    internal static readonly Position None;

    internal static readonly Position Start = new(1, 1);
}

/// <summary>Collects what is wrong, so that one run shows all of it. Bounded: a broken generator must not flood a terminal.</summary>
internal sealed class ProblemList(string file)
{
    private readonly HashSet<PolicyProblem> _problems = [];
    private bool _overflow;

    internal int Count => _problems.Count;

    internal void Add(Position at, string what, string fix)
    {
        if (_problems.Count >= PolicyDocument.MaxProblems - 1)
        {
            _overflow = true;
            return;
        }

        // An aliased node is read once per alias; the set says the same thing once.
        _problems.Add(new PolicyProblem(file, at.Line, at.Column, what, fix));
    }

    /// <summary>A name that isn't in the vocabulary of its place.</summary>
    internal void AddUnknown(Position at, string kind, string name, string path, IReadOnlyList<string> known) =>
        Add(at, $"unknown {kind} {Quote(name)} in {path}", Suggestion.For(name, known));

    internal PolicyResult.Refused Refuse()
    {
        List<PolicyProblem> sorted =
        [
            .. _problems.OrderBy(p => p.Line).ThenBy(p => p.Column)
                .ThenBy(p => p.What, StringComparer.Ordinal).ThenBy(p => p.Fix, StringComparer.Ordinal),
        ];
        if (_overflow)
        {
            sorted.Add(new PolicyProblem(file, 0, 0, "there are more problems than these", "mend these and load again"));
        }

        return new PolicyResult.Refused(sorted);
    }

    /// <summary>A name as the document has it, short and on one line.</summary>
    internal static string Quote(string text)
    {
        string oneLine = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return oneLine.Length <= 60 ? $"'{oneLine}'" : $"'{oneLine[..57]}...'";
    }
}
