using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>Which source speaks in an event whose folder or line names only <c>cloudevents</c>: the event type says it.</summary>
internal static class CloudEventSource
{
    /// <summary>The format that leaves its source open.</summary>
    public const string Format = "cloudevents";

    /// <summary>What to do where the events don't say.</summary>
    public const string Fix = "name the source: artifact-registry/cloudevents, signature-ledger/cloudevents and so on";

    private const string Prefix = "dev.releaseintegrity.";

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

    private static Source? OfEvent(JsonElement e) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
            ? OfType(type.GetString()!)
            : null;

    private static Source? OfType(string type)
    {
        if (!type.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string rest = type[Prefix.Length..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && WireNames.TryParse(rest[..dot], out Source source) ? source : null;
    }
}
