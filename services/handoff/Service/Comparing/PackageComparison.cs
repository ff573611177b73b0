using System.Globalization;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Comparing;

/// <summary>
/// What is different between two packages of a tuple, as far as a decision rests on it. Pure, and as masked as its packages:
/// equal values have equal tokens, so a difference of tokens is a difference of values.
/// </summary>
internal static class PackageComparison
{
    /// <summary>The aspects, in the order in which differences of a field are named. Published names: version with care.</summary>
    public static IReadOnlyList<string> Aspects { get; } =
        ["on-hold", "expiry", "state", "authoritative", "rule", "hold", "candidate", "alternative", "write", "write-target"];

    /// <summary>The differences, those of the package as a whole first, then by field, aspect and the thing that differs.</summary>
    /// <param name="before">The earlier package; null where there is none, and everything is new.</param>
    /// <param name="after">The later package.</param>
    public static IReadOnlyList<PackageChange> Compare(PackageView? before, PackageView after)
    {
        Dictionary<Key, string> was = before is null ? [] : Statements(before);
        Dictionary<Key, string> now = Statements(after);
        return
        [
            .. was.Keys.Union(now.Keys)
                .Select(key => (Key: key, Was: was.GetValueOrDefault(key, ""), Is: now.GetValueOrDefault(key, "")))
                .Where(s => s.Was != s.Is)
                .OrderBy(s => s.Key.Field, StringComparer.Ordinal).ThenBy(s => s.Key.Aspect).ThenBy(s => s.Key.Thing, StringComparer.Ordinal)
                .Select(s => new PackageChange(s.Key.Field, Aspects[s.Key.Aspect], s.Was, s.Is)),
        ];
    }

    /// <summary>
    /// A package as statements, each under what it is about. Of several about one thing (revisions of a record that can't be
    /// told apart) the texts are joined.
    /// </summary>
    private static Dictionary<Key, string> Statements(PackageView package) => Whole(package)
        .Concat(package.Ledger.Fields.SelectMany(Of))
        .Concat(package.Alternatives.Select(a => Statement(a.Field, "alternative", PackageTexts.Of(a.Value), PackageTexts.Of(a))))
        .Concat(package.ProposedWrites.Select(w => Statement(w.Field, "write", w.Id, PackageTexts.Of(w))))
        .Concat(package.WriteTargets.Select(t => Statement(t.Field ?? "", "write-target", PackageTexts.Of(t), PackageTexts.Of(t))))
        .Where(s => s.Text.Length > 0)
        .GroupBy(s => s.Key, s => s.Text)
        .ToDictionary(g => g.Key, g => string.Join("; ", g.Order(StringComparer.Ordinal)));

    private static IEnumerable<(Key Key, string Text)> Whole(PackageView package)
    {
        yield return Statement("", "on-hold", "", package.Ledger.OnHold ? "true" : "false");
        yield return Statement("", "expiry", "", PackageTexts.Of(package.ExpiresAt));
    }

    private static IEnumerable<(Key Key, string Text)> Of(FieldView field)
    {
        yield return Statement(field.Field, "state", "", field.State);
        yield return Statement(field.Field, "authoritative", "", PackageTexts.Of(field.Authoritative));
        yield return Statement(field.Field, "rule", "", field.Rule ?? "");
        yield return Statement(field.Field, "hold", "", field.Hold is null ? "" : PackageTexts.Of(field.Hold));
        foreach (CandidateView c in field.Candidates)
        {
            string thing = string.Create(CultureInfo.InvariantCulture, $"{c.Source} {c.Instance} {c.RecordId} {PackageTexts.Of(c.Value)}");
            yield return Statement(field.Field, "candidate", thing, PackageTexts.Of(c));
        }
    }

    private static (Key Key, string Text) Statement(string field, string aspect, string thing, string text)
    {
        int place = 0;
        while (Aspects[place] != aspect)
        {
            place++;
        }

        return (new Key(field, place, thing), text);
    }

    private readonly record struct Key(string Field, int Aspect, string Thing);
}

/// <summary>One difference.</summary>
/// <param name="Field">The field; empty for what concerns the package as a whole.</param>
/// <param name="Aspect">What of it: one of <see cref="PackageComparison.Aspects"/>.</param>
/// <param name="Before">As it was; empty where it is new.</param>
/// <param name="After">As it is; empty where it is gone.</param>
internal sealed record PackageChange(string Field, string Aspect, string Before, string After);
