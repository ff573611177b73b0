using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// The ledger as a document (<c>ledger/v1</c>): unmasked, every key present. Storage and wire format: version with care.
/// </summary>
public static class LedgerDocument
{
    /// <summary>The document's schema name.</summary>
    public const string Schema = "ledger/v1";

    /// <summary>The document of a ledger.</summary>
    public static JsonObject Of(Ledger ledger) => new()
    {
        ["schema"] = Schema,
        ["tuple"] = Tuple(ledger.Tuple),
        ["inScope"] = ledger.InScope,
        ["onHold"] = ledger.OnHold,
        ["policy"] = Policy(ledger),
        ["effectiveAsOf"] = Time(ledger.EffectiveAsOf),
        ["nextTransitionAt"] = Time(ledger.NextTransitionAt),
        ["fields"] = new JsonArray([.. ledger.Fields.Select(f => Field(f, f.Candidates))]),
    };

    internal static JsonObject Tuple(ImageReference tuple) => new()
    {
        ["registry"] = tuple.Registry,
        ["repository"] = tuple.Repository,
        ["tag"] = tuple.Tag,
    };

    internal static JsonObject Policy(Ledger ledger) => new()
    {
        ["version"] = ledger.Policy.Version,
        ["digest"] = ledger.Policy.Digest,
    };

    internal static JsonNode? Time(DateTimeOffset? instant) => instant is { } at ? Instants.Text(at) : null;

    internal static JsonObject Field(FieldEntry entry, IEnumerable<Candidate> candidates) => new()
    {
        ["field"] = WireNames.Of(entry.Field),
        ["mask"] = WireNames.Of(entry.Policy.Mask),
        ["state"] = WireNames.Of(entry.State),
        ["authoritative"] = Value(entry.Field, entry.Authoritative),
        ["rule"] = entry.Rule,
        ["hold"] = entry.Hold is null ? null : Hold(entry.Hold),
        ["candidates"] = new JsonArray([.. candidates.Select(c => Candidate(entry.Field, c))]),
    };

    internal static JsonObject Hold(Hold hold) => new()
    {
        ["id"] = hold.Id,
        ["reason"] = WireNames.Of(hold.Reason),
        ["alsoReasons"] = new JsonArray([.. hold.AlsoReasons.Select(r => (JsonNode)WireNames.Of(r))]),
        ["root"] = hold.Root,
        ["releaseWhen"] = new JsonArray([.. hold.ReleaseWhen.Select(Condition)]),
        ["alternatives"] = new JsonArray([.. hold.Alternatives.Select(a => Alternative(hold.Field, a))]),
    };

    internal static JsonObject Alternative(Field field, Alternative alternative) => new()
    {
        ["field"] = WireNames.Of(field),
        ["value"] = Value(field, alternative.Value),
        ["sources"] = new JsonArray([.. alternative.Sources.Select(s => (JsonNode)WireNames.Of(s))]),
        ["needs"] = new JsonArray([.. alternative.Needs.Select(n => (JsonNode)WireNames.Of(n))]),
        ["writes"] = new JsonArray([.. alternative.Writes.Select(w => PackageDocument.Write(w))]),
    };

    /// <summary>
    /// A value: null for none or an explicit null; an array for a set; a string otherwise. Set fields of which one record
    /// states one value are a string while there is one.
    /// </summary>
    public static JsonNode? Value(Field field, IReadOnlyList<string>? values)
    {
        if (values is null || values.Count == 0)
        {
            return null;
        }

        bool array = values.Count > 1 || (FieldCatalogue.IsSet(field) && !FieldCatalogue.IsOnePerRecord(field));
        return array ? new JsonArray([.. values.Select(v => (JsonNode)v)]) : values[0];
    }

    private static JsonObject Condition(ReleaseCondition condition) => new()
    {
        ["source"] = condition.Source is { } source ? WireNames.Of(source) : "steward",
        ["field"] = WireNames.Of(condition.Field),
        ["predicate"] = WireNames.Of(condition.Predicate),
        ["value"] = condition.Value,
    };

    private static JsonObject Candidate(Field field, Candidate candidate)
    {
        Observation from = candidate.Observation;
        return new JsonObject
        {
            ["value"] = Value(field, candidate.Values),
            ["about"] = candidate.About?.Text,
            ["source"] = WireNames.Of(from.Record.Source),
            ["instance"] = from.Record.Instance,
            ["recordId"] = from.Record.Id,
            ["revision"] = CandidateOrder.RevisionText(from.Revision),
            ["sourceTime"] = Time(from.Revision.Time),
            ["extractedAt"] = Time(from.Lineage.ExtractedAt),
            ["notificationSha256"] = from.Lineage.NotificationSha256,
            ["decode"] = new JsonArray([.. candidate.Place.Decode.Select(d => new JsonObject { ["pointer"] = d.Pointer, ["as"] = d.As })]),
            ["pointer"] = candidate.Place.Pointer,
            ["outcome"] = WireNames.Of(candidate.Outcome),
            ["why"] = candidate.Why,
        };
    }
}
