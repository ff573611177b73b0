using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>
/// Which source speaks in an event whose folder or line names only <c>cloudevents</c> or <c>cdevents</c>: the event type says it.
/// </summary>
internal static class CloudEventSource
{
    /// <summary>What to do where the events don't say.</summary>
    public const string Fix = "name the source before the format: artifact-registry/cloudevents, signature-ledger/cdevents and so on";

    /// <summary>
    /// The source of the event, or of all events of a batch; null where the type is foreign, a batch mixes sources, or the
    /// body is no event.
    /// </summary>
    public static Source? Of(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> headers)
    {
        if (headers.TryGetValue("ce-type", out string? type))
        {
            return OfType(type);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 128 });
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? OfBatch(document.RootElement)
                : OfEvent(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Source? OfBatch(JsonElement batch)
    {
        Source? common = null;
        foreach (JsonElement e in batch.EnumerateArray())
        {
            Source? source = OfEvent(e);
            if (source is null || (common is not null && common != source))
            {
                return null;
            }

            common = source;
        }

        return common;
    }

    private static Source? OfEvent(JsonElement e) => e.ValueKind != JsonValueKind.Object ? null
        : Text(e, "type") is { } type ? OfType(type)
        : e.TryGetProperty("context", out JsonElement context) && Text(context, "type") is { } cdEvent ? OfType(cdEvent)
        : null;

    private static string? Text(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Source? OfType(string type) => type.Split('.') switch
    {
        ["dev", "releaseintegrity", var name, _, ..] => WireNames.TryParse(name, out Source source) ? source : null,
        ["dev", "cdevents", "artifact", "signed", ..] => Source.SignatureLedger,
        ["dev", "cdevents", "artifact", ..] => Source.ArtifactRegistry,
        ["dev", "cdevents", "change" or "ticket" or "approval" or "changewindow", ..] => Source.ChangeSnapshot,
        ["dev", "cdevents", "service" or "environment", ..] => Source.RuntimeValidation,
        _ => null,
    };
}
