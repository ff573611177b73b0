using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Core;

/// <summary>
/// The ledger as a document (<c>ledger/v1</c>): unmasked, every key present, written straight in its canonical form.
/// Storage and wire format: version with care.
/// </summary>
public static class LedgerDocument
{
    /// <summary>The document's schema name.</summary>
    public const string Schema = "ledger/v1";

    /// <summary>The document of a ledger, for who walks it.</summary>
    public static JsonObject Of(Ledger ledger)
    {
        using var writer = new CanonicalWriter();
        Write(ledger, writer);
        return (JsonObject)JsonNode.Parse(writer.Written)!;
    }

    /// <summary>Writes the canonical document.</summary>
    public static void Write(Ledger ledger, CanonicalWriter writer)
    {
        writer.BeginObject();
        writer.Member("effectiveAsOf", Time(ledger.EffectiveAsOf));
        writer.Name("fields");
        writer.BeginArray();
        foreach (FieldEntry entry in ledger.Fields)
        {
            Field(writer, entry, entry.Candidates);
        }

        writer.EndArray();
        writer.Member("inScope", ledger.InScope);
        writer.Member("nextTransitionAt", Time(ledger.NextTransitionAt));
        writer.Member("onHold", ledger.OnHold);
        Policy(writer, ledger);
        writer.Member("schema", Schema);
        Tuple(writer, ledger.Tuple);
        writer.EndObject();
    }

    internal static void Tuple(CanonicalWriter writer, ImageReference tuple)
    {
        writer.Name("tuple");
        writer.BeginObject();
        writer.Member("registry", tuple.Registry);
        writer.Member("repository", tuple.Repository);
        writer.Member("tag", tuple.Tag);
        writer.EndObject();
    }

    internal static void Policy(CanonicalWriter writer, Ledger ledger)
    {
        writer.Name("policy");
        writer.BeginObject();
        writer.Member("digest", ledger.Policy.Digest);
        writer.Member("version", ledger.Policy.Version);
        writer.EndObject();
    }

    internal static string? Time(DateTimeOffset? instant) => instant is { } at ? Instants.Text(at) : null;

    internal static void Field(CanonicalWriter writer, FieldEntry entry, IReadOnlyList<Candidate> candidates)
    {
        writer.BeginObject();
        writer.Name("authoritative");
        Value(writer, entry.Field, entry.Authoritative);
        writer.Name("candidates");
        writer.BeginArray();
        foreach (Candidate candidate in candidates)
        {
            Candidate(writer, entry.Field, candidate);
        }

        writer.EndArray();
        writer.Member("field", WireNames.Of(entry.Field));
        writer.Name("hold");
        if (entry.Hold is null)
        {
            writer.Text(null);
        }
        else
        {
            Hold(writer, entry.Hold);
        }

        writer.Member("mask", WireNames.Of(entry.Policy.Mask));
        writer.Member("rule", entry.Rule);
        writer.Member("state", WireNames.Of(entry.State));
        writer.EndObject();
    }

    internal static void Hold(CanonicalWriter writer, Hold hold)
    {
        writer.BeginObject();
        writer.Name("alsoReasons");
        Names(writer, hold.AlsoReasons);
        writer.Name("alternatives");
        writer.BeginArray();
        foreach (Alternative alternative in hold.Alternatives)
        {
            Alternative(writer, hold.Field, alternative);
        }

        writer.EndArray();
        writer.Member("id", hold.Id);
        writer.Member("reason", WireNames.Of(hold.Reason));
        writer.Name("releaseWhen");
        writer.BeginArray();
        foreach (ReleaseCondition condition in hold.ReleaseWhen)
        {
            Condition(writer, condition);
        }

        writer.EndArray();
        writer.Member("root", hold.Root);
        writer.EndObject();
    }

    internal static void Alternative(CanonicalWriter writer, Field field, Alternative alternative)
    {
        writer.BeginObject();
        writer.Member("field", WireNames.Of(field));
        writer.Name("needs");
        Names(writer, alternative.Needs);
        writer.Name("sources");
        Names(writer, alternative.Sources);
        writer.Name("value");
        Value(writer, field, alternative.Value);
        writer.Name("writes");
        writer.BeginArray();
        foreach (ProposedWrite write in alternative.Writes)
        {
            PackageDocument.Write(writer, write);
        }

        writer.EndArray();
        writer.EndObject();
    }

    private static void Names<T>(CanonicalWriter writer, IReadOnlyList<T> names)
        where T : struct, Enum
    {
        writer.BeginArray();
        foreach (T name in names)
        {
            writer.Text(WireNames.Of(name));
        }

        writer.EndArray();
    }

    /// <summary>A value as documents have it, for documents beside this one.</summary>
    public static JsonNode? Value(Field field, IReadOnlyList<string>? values) =>
        values is null || values.Count == 0 ? null
            : IsArray(field, values) ? new JsonArray([.. values.Select(v => (JsonNode)v)])
            : values[0];

    /// <summary>
    /// A value: null for none or an explicit null; an array for a set; a string otherwise. Set fields of which one record
    /// states one value are a string while there is one.
    /// </summary>
    private static bool IsArray(Field field, IReadOnlyList<string> values) =>
        values.Count > 1 || (FieldCatalogue.IsSet(field) && !FieldCatalogue.IsOnePerRecord(field));

    private static void Value(CanonicalWriter writer, Field field, IReadOnlyList<string>? values)
    {
        if (values is null || values.Count == 0)
        {
            writer.Text(null);
            return;
        }

        if (!IsArray(field, values))
        {
            writer.Text(values[0]);
            return;
        }

        writer.BeginArray();
        foreach (string value in values)
        {
            writer.Text(value);
        }

        writer.EndArray();
    }

    private static void Condition(CanonicalWriter writer, ReleaseCondition condition)
    {
        writer.BeginObject();
        writer.Member("field", WireNames.Of(condition.Field));
        writer.Member("predicate", WireNames.Of(condition.Predicate));
        writer.Member("source", condition.Source is { } source ? WireNames.Of(source) : "steward");
        writer.Member("value", condition.Value);
        writer.EndObject();
    }

    private static void Candidate(CanonicalWriter writer, Field field, Candidate candidate)
    {
        Observation from = candidate.Observation;
        writer.BeginObject();
        writer.Member("about", candidate.About?.Text);
        writer.Name("decode");
        writer.BeginArray();
        foreach (DecodeStep step in candidate.Place.Decode)
        {
            writer.BeginObject();
            writer.Member("as", step.As);
            writer.Member("pointer", step.Pointer);
            writer.EndObject();
        }

        writer.EndArray();
        writer.Member("extractedAt", Time(from.Lineage.ExtractedAt));
        writer.Member("instance", from.Record.Instance);
        writer.Member("notificationSha256", from.Lineage.NotificationSha256);
        writer.Member("outcome", WireNames.Of(candidate.Outcome));
        writer.Member("pointer", candidate.Place.Pointer);
        writer.Member("recordId", from.Record.Id);
        writer.Member("revision", CandidateOrder.RevisionText(from.Revision));
        writer.Member("source", WireNames.Of(from.Record.Source));
        writer.Member("sourceTime", Time(from.Revision.Time));
        writer.Name("value");
        Value(writer, field, candidate.Values);
        writer.Member("why", candidate.Why);
        writer.EndObject();
    }
}
