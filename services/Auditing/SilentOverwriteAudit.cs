using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>
/// Finds the fields that a ledger overwrote silently: sources say different things now, by the items themselves, and the
/// ledger neither holds the field, nor says that it converges, nor names the rule that chose and keeps the losing value in
/// sight (I2). It has its own idea of currency, binding and comparison, and shares no code with the engine.
/// </summary>
/// <remarks>
/// It takes the strictest reading throughout: what is in doubt isn't counted as a statement. So it may miss a difference
/// that the engine sees, but what it finds is one. Safe for concurrent checks.
/// </remarks>
public sealed class SilentOverwriteAudit
{
    private readonly AuditRules _rules;
    private readonly CurrentRecords _records;

    /// <summary>An audit of these items.</summary>
    public SilentOverwriteAudit(AuditRules rules, IReadOnlyCollection<Observation> items)
    {
        _rules = rules;
        _records = new CurrentRecords(rules, items);
    }

    /// <summary>The fields of a ledger (<c>ledger/v1</c>, unmasked) that were overwritten silently; none of a tuple out of scope.</summary>
    public IReadOnlyList<Field> Overwritten(JsonObject ledger)
    {
        if (ledger["inScope"]?.GetValue<bool>() != true)
        {
            return [];
        }

        JsonObject tuple = ledger["tuple"]!.AsObject();
        var image = new ImageReference(
            tuple["registry"]!.GetValue<string>(), tuple["repository"]!.GetValue<string>(), tuple["tag"]!.GetValue<string>());
        List<Statement> statements = [.. _records.Of(image)];
        var entries = ledger["fields"]!.AsArray().ToDictionary(f => f!["field"]!.GetValue<string>(), f => f!.AsObject(), StringComparer.Ordinal);
        string? digest = entries.TryGetValue(WireNames.Of(Field.ManifestDigest), out JsonObject? identity)
            && identity["authoritative"] is JsonValue stated ? stated.GetValue<string>() : null;
        var overwritten = new List<Field>();
        foreach (Field field in Enum.GetValues<Field>())
        {
            // Of observation times the latest counts: an earlier one is no contradiction.
            if (field == Field.ObservationTime)
            {
                continue;
            }

            List<Statement> heard = statements.FindAll(s => s.Field == field && _rules.Heard[field].Contains(s.Source)
                && !(FieldKinds.IsAboutDigest(field) && digest is not null && s.About is not null && s.About != digest));
            List<Statement> differing = Comparison.Differing(
                heard, FieldKinds.IsSet(field), FieldKinds.IsAboutDigest(field), _records);
            if (differing.Count > 0 && !IsVisible(entries.GetValueOrDefault(WireNames.Of(field)), differing))
            {
                overwritten.Add(field);
            }
        }

        return overwritten;
    }

    private static bool IsVisible(JsonObject? entry, List<Statement> differing)
    {
        if (entry is null)
        {
            return false;
        }

        bool routed = ConflictRoutes.Of(entry["state"]?.GetValue<string>(), entry["hold"] is not null, entry["rule"]?.GetValue<string>())
            != ConflictRoute.Overwritten;
        HashSet<string> shown = [.. entry["candidates"]!.AsArray().SelectMany(c => Texts(c!["value"]))];
        return routed && differing.TrueForAll(s => s.Values.All(shown.Contains));
    }

    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        null => [],
        JsonArray several => several.Select(v => v!.GetValue<string>()),
        _ => [value.GetValue<string>()],
    };
}
