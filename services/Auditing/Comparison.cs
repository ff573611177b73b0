using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>Whether statements differ.</summary>
internal static class Comparison
{
    /// <summary>The statements among which there is a difference; none where all say the same.</summary>
    /// <param name="statements">Statements about one field.</param>
    /// <param name="set">The statements of one source add up, and another source agrees by membership.</param>
    /// <param name="sameDigestOnly">Only statements about one digest are compared.</param>
    /// <param name="records">What index lists which manifests; null where that is not known.</param>
    public static List<Statement> Differing(
        List<Statement> statements, bool set, bool sameDigestOnly, CurrentRecords? records)
    {
        List<Statement> compared = set ? AddUp(statements) : statements;
        foreach (Statement a in compared)
        {
            foreach (Statement b in compared)
            {
                bool comparable = !ReferenceEquals(a, b) && !(sameDigestOnly && a.About != b.About) && !(set && a.Source == b.Source);
                if (comparable && Differ(a, b, set, records))
                {
                    return statements;
                }
            }
        }

        return [];
    }

    private static List<Statement> AddUp(List<Statement> statements) =>
    [
        .. statements.GroupBy(s => (s.Source, s.About))
            .Select(g => g.First() with { Values = [.. g.SelectMany(s => s.Values).Distinct()] }),
    ];

    private static bool Differ(Statement a, Statement b, bool set, CurrentRecords? records)
    {
        if (a.Values.Count == 0 || b.Values.Count == 0)
        {
            // An explicit null differs from a value; a set that is empty may only be incomplete.
            return !set && a.Values.Count != b.Values.Count;
        }

        if (set)
        {
            return !a.Values.All(b.Values.Contains) && !b.Values.All(a.Values.Contains) && OfOneKind(a.Values, b.Values);
        }

        if (a.Values.SequenceEqual(b.Values, StringComparer.Ordinal))
        {
            return false;
        }

        if (records is null)
        {
            return true;
        }

        // Clusters report an index, or the manifest of it that their platform runs.
        (bool aRuns, bool bRuns) = (a.Source == Source.RuntimeValidation, b.Source == Source.RuntimeValidation);
        return !(bRuns && records.IsChild(a.Values[0], b.Values[0]))
            && !(aRuns && records.IsChild(b.Values[0], a.Values[0]))
            && !(aRuns && bRuns && records.AreSiblings(a.Values[0], b.Values[0]));
    }

    /// <summary>Typed ids are compared within their type: <c>rekor:</c> with <c>rekor:</c>.</summary>
    private static bool OfOneKind(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Any(x => b.Any(y => Kind(x) is not { } kind || Kind(y) is not { } other || kind == other));

    private static string? Kind(string id)
    {
        int colon = id.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && id[..colon] is "rekor" or "dsse-sha256" or "signature-sha256" or "manifest" ? id[..colon] : null;
    }
}
