using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Auditing;

/// <summary>
/// Finds the conflicts of a ledger by what its candidates say, and what became of each. Like
/// <see cref="SilentOverwriteAudit"/> it compares by its own rules and shares no code with the engine; it needs the ledger
/// alone, so that it can look at every ledger when it arrives. A difference that the ledger doesn't show at all is beyond it:
/// that is what the audit over the items is for. Pure.
/// </summary>
/// <remarks>
/// The strictest reading: what a ledger shows as withdrawn, unreadable, from the future, equivalent by an index or of another
/// kind isn't counted as a statement.
/// </remarks>
public static class LedgerAudit
{
    private static readonly string[] NoStatement = ["withdrawn", "unreadable", "skewed", "equivalent", "incomparable"];

    /// <summary>The conflicts of an unmasked ledger; none of a tuple out of scope, which gets no holds.</summary>
    public static IReadOnlyList<Conflict> Of(LedgerView ledger)
    {
        if (!ledger.InScope)
        {
            return [];
        }

        string? digest = ledger.For(WireNames.Of(Field.ManifestDigest))?.Authoritative?.Single;
        return [.. ledger.Fields.Select(f => Of(f, digest)).OfType<Conflict>()];
    }

    private static Conflict? Of(FieldView view, string? digest)
    {
        // Of observation times the latest counts: an earlier one is no contradiction.
        if (!WireNames.TryParse(view.Field, out Field field) || field == Field.ObservationTime)
        {
            return null;
        }

        bool aboutDigest = FieldKinds.IsAboutDigest(field);
        (Statement Said, DateTimeOffset? At)[] heard =
        [
            .. view.Candidates
                .Where(c => WireNames.TryParse(c.Source, out Source _) && !NoStatement.Contains(c.Outcome)
                    && !(aboutDigest && digest is not null && c.About is not null && c.About != digest))
                .Select(c => (new Statement(field, WireNames.Parse<Source>(c.Source), c.About, c.Value?.Values ?? []), c.ExtractedAt)),
        ];
        List<Statement> differing = Comparison.Differing([.. heard.Select(h => h.Said)], FieldKinds.IsSet(field), aboutDigest, records: null);
        return differing.Count == 0 || AreAllKept(differing, view.Authoritative?.Values ?? [])
            ? null
            : new Conflict(view.Field, ConflictRoutes.Of(view.State, view.Hold is not null, view.Rule), BeganAt(heard, FieldKinds.IsSet(field)));
    }

    /// <summary>
    /// An authoritative value that has all of theirs overwrites none: clusters that report an index and the manifests that it
    /// lists run one image, and the ledger names each of these digests.
    /// </summary>
    private static bool AreAllKept(List<Statement> differing, IReadOnlyList<string> authoritative) =>
        differing.TrueForAll(s => s.Values.Count > 0 && s.Values.All(authoritative.Contains));

    /// <summary>When the second value came; of a set, whose values add up, when the second source did.</summary>
    private static DateTimeOffset? BeganAt((Statement Said, DateTimeOffset? At)[] heard, bool set)
    {
        DateTimeOffset?[] first =
        [
            .. heard.GroupBy(h => set ? WireNames.Of(h.Said.Source) : string.Join('\n', h.Said.Values), StringComparer.Ordinal)
                .Select(g => g.Min(h => h.At)).Order(),
        ];
        return first.Length > 1 ? first[1] : null;
    }
}
