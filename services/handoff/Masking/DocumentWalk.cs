using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Masking;

/// <summary>
/// Copies a ledger or package document, passing every string with its place through a function. One walk serves both
/// the collecting of secrets and the masking, so they can't disagree about what a string is.
/// </summary>
internal sealed class DocumentWalk
{
    /// <summary>Documents nest about ten levels deep; a deeper one is not ours.</summary>
    internal const int MaximumDepth = 32;

    private readonly Dictionary<string, FieldMask> _masks = new(StringComparer.Ordinal);
    private readonly Func<string, Place, string> _map;

    private DocumentWalk(JsonObject document, Func<string, Place, string> map)
    {
        _map = map;
        JsonObject ledger = document["ledger"] as JsonObject ?? document;
        foreach (JsonNode? field in ledger["fields"] as JsonArray ?? [])
        {
            if (field is JsonObject entry && Text(entry, "field") is { } name)
            {
                _masks[name] = MaskNamed(Text(entry, "mask"));
            }
        }
    }

    /// <summary>A copy of the document with every string mapped.</summary>
    public static JsonObject Map(JsonObject document, Func<string, Place, string> map) =>
        (JsonObject)new DocumentWalk(document, map).Copy(document, "", new Context(FieldMask.Unknown, null, false), 0)!;

    private JsonNode? Copy(JsonNode? node, string key, Context context, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new ArgumentException("the document nests too deeply to be a ledger or a package");
        }

        switch (node)
        {
            case null:
                return null;
            case JsonObject value when IsValueKey(key):
                // No field has an object for a value; masked whole, it can't smuggle one out.
                return _map(value.ToJsonString(), new Place(Position.Value, Strictest(context.Mask), context.Source));
            case JsonObject members:
                Context inner = Enter(members, key, context);
                var copy = new JsonObject();
                foreach ((string name, JsonNode? member) in members)
                {
                    copy.Add(name, Copy(member, name, inner, depth + 1));
                }

                return copy;
            case JsonArray items:
                var mapped = new List<JsonNode?>(items.Count);
                foreach (JsonNode? item in items)
                {
                    mapped.Add(Copy(item, key, context, depth + 1));
                }

                return new JsonArray([.. IsValueKey(key) ? mapped.OrderBy(SortKey, StringComparer.Ordinal) : mapped.AsEnumerable()]);
            default:
                return CopyLeaf(node, Locate(key, context));
        }
    }

    private JsonNode CopyLeaf(JsonNode leaf, Place place) => leaf.GetValueKind() switch
    {
        JsonValueKind.String => _map(leaf.GetValue<string>(), place),
        JsonValueKind.Number when place is { Position: Position.Value, Mask: not FieldMask.None } => _map(leaf.ToJsonString(), place),
        _ => leaf.DeepClone(),
    };

    /// <summary>What the members of an object inherit and what the object itself says.</summary>
    private Context Enter(JsonObject members, string key, Context outer)
    {
        FieldMask mask = outer.Mask;
        if (Text(members, "mask") is { } named)
        {
            mask = MaskNamed(named);
        }
        else if (Text(members, "field") is { } field)
        {
            mask = _masks.GetValueOrDefault(field, FieldMask.Unknown);
        }

        return new Context(
            mask,
            Text(members, "source") ?? outer.Source,
            outer.Annotation || key == "annotations");
    }

    private static Place Locate(string key, Context context)
    {
        Position position = key switch
        {
            "schema" or "field" or "mask" or "state" or "rule" or "source" or "sources" or "outcome" or "reason" or "alsoReasons"
                or "predicate" or "op" or "as" or "needs" or "version" or "effectiveAsOf" or "nextTransitionAt" or "expiresAt"
                or "sourceTime" or "extractedAt" => Position.Vocabulary,
            _ when context.Annotation => Position.Value,
            "id" or "root" or "digest" or "notificationSha256" or "rollbackRefs" => Position.Address,
            "value" or "authoritative" or "about" => Position.Value,
            "repository" => Position.Repository,
            "instance" => context.Source == RuntimeValidation ? Position.Cluster : Position.Free,
            "recordId" => Position.RecordId,
            "pointer" or "path" or "from" => Position.Pointer,
            _ => Position.Free,
        };
        FieldMask mask = key == "about" ? FieldMask.Digest : context.Annotation ? FieldMask.Text : context.Mask;
        return new Place(position, mask, context.Source);
    }

    internal const string RuntimeValidation = "runtime-validation";

    private static bool IsValueKey(string key) => key is "value" or "authoritative";

    private static FieldMask Strictest(FieldMask mask) => mask == FieldMask.None ? FieldMask.None : FieldMask.Text;

    private static string SortKey(JsonNode? node) => node?.ToString() ?? "";

    private static string? Text(JsonObject members, string name) =>
        members[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static FieldMask MaskNamed(string? name) => name switch
    {
        "none" => FieldMask.None,
        "digest" => FieldMask.Digest,
        "reference" => FieldMask.Reference,
        "identifier" => FieldMask.Identifier,
        "fingerprint" => FieldMask.Fingerprint,
        _ => FieldMask.Text,
    };

    private readonly record struct Context(FieldMask Mask, string? Source, bool Annotation);
}
