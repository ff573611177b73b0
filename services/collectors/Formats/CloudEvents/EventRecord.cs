using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>
/// The source record that an own event is about: as <c>record</c> states it, else derived the way the source's other
/// formats name it, so that two formats about one thing name one record.
/// </summary>
internal static class EventRecord
{
    public static NormalisedItem.Rejected? Read(
        CloudEvent e, Source source, string? configured, List<EventSubject> subjects, Readings readings, out SourceRecord? record)
    {
        record = null;
        Node data = e.Data;
        Node stated = data["record"];
        if (RegistryMembers.FindDuplicate(stated, "kind", "id") is { } twice)
        {
            return twice;
        }

        RecordKind[] kinds = Kinds(source);
        RecordKind? kind = null;
        if (stated["kind"].HasValue)
        {
            if (!WireNames.TryParse(stated["kind"].String, out RecordKind parsed) || !kinds.Contains(parsed))
            {
                return stated["kind"].Reject($"kind must be one of {string.Join(", ", kinds.Select(WireNames.Of))}");
            }

            kind = parsed;
        }

        string? instance = Instance(e, source, configured, subjects);
        if (instance is null)
        {
            return data["instance"].Reject("instance is missing, and the endpoint has none configured");
        }

        (RecordKind Kind, string Id)? derived = source switch
        {
            Source.ArtifactRegistry => Registry(subjects),
            Source.SignatureLedger => Ledger(data, readings),
            Source.RuntimeValidation => Runtime(data, instance),
            _ => null,
        };
        string? id = stated["id"].Value ?? derived?.Id;
        if (id is null)
        {
            return stated["id"].Reject(Required(source));
        }

        record = new SourceRecord(source, instance, kind ?? derived?.Kind ?? kinds[0], id);
        return null;
    }

    private static RecordKind[] Kinds(Source source) => source switch
    {
        Source.ArtifactRegistry => [RecordKind.RegistryTag, RecordKind.RegistryManifest, RecordKind.RegistryRepository],
        Source.SignatureLedger => [RecordKind.LedgerEntry],
        Source.ChangeSnapshot => [RecordKind.ChangeRecord],
        _ => [RecordKind.Container, RecordKind.AdmissionDecision],
    };

    private static string? Instance(CloudEvent e, Source source, string? configured, List<EventSubject> subjects)
    {
        string? stated = string.IsNullOrEmpty(configured) ? e.Data["instance"].Value : configured;
        return source switch
        {
            Source.ArtifactRegistry => RegistryHost.Canonical(stated) ?? (subjects.Count > 0 ? subjects[0].Image?.Registry : null),
            Source.SignatureLedger => stated ?? e.Data["logId"].Value?.ToLowerInvariant() ?? "unlogged",
            Source.ChangeSnapshot => stated ?? Host(e.Origin) ?? e.Origin,
            _ => stated ?? e.Data["cluster"].Value ?? SingleCluster(e.Data["fields"]["cluster-id"]) ?? "unnamed-cluster",
        };
    }

    private static string? SingleCluster(Node node) =>
        node.Kind == NodeKind.Array ? (node.Items.Count == 1 ? node[0].Value : null) : node.Value;

    private static string? Host(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) && parsed.Host.Length > 0 ? parsed.Host.ToLowerInvariant() : null;

    private static (RecordKind, string)? Registry(List<EventSubject> subjects)
    {
        if (subjects is not [{ Image: { } image } subject])
        {
            return null;
        }

        return image.Tag is not null ? (RecordKind.RegistryTag, image.ToString())
            : subject.Digest is { } digest ? (RecordKind.RegistryManifest, $"{image.Coordinates}@{digest}")
            : (RecordKind.RegistryRepository, image.Coordinates);
    }

    private static (RecordKind, string)? Ledger(Node data, Readings readings)
    {
        if (data["logId"].Value is { } log && data["leafHash"].Value is { } leaf)
        {
            return (RecordKind.LedgerEntry, $"{log.ToLowerInvariant()}/{leaf.ToLowerInvariant()}");
        }

        // The ids are sorted: the same set gives the same record.
        FieldReading? envelopes = readings.ToList().FirstOrDefault(r => r.Field == Field.SignatureEnvelopeId);
        return envelopes is { Values: [var first, ..] } ? (RecordKind.LedgerEntry, first) : null;
    }

    private static (RecordKind, string)? Runtime(Node data, string instance)
    {
        string? container = data["container"].Value;
        return container is null ? null
            : data["podUid"].Value is { } pod ? (RecordKind.Container, $"{instance}/{pod}/{container}")
            : data["requestUid"].Value is { } request ? (RecordKind.AdmissionDecision, $"{instance}/{request}/{container}")
            : null;
    }

    private static string Required(Source source) => source switch
    {
        Source.ArtifactRegistry => "image is missing, and record has no id",
        Source.SignatureLedger => "record has no id: state it, or logId and leafHash, or fields.signature-envelope-id",
        Source.ChangeSnapshot => "record has no id: state the change system's own immutable id",
        _ => "record has no id: state it, or podUid (or requestUid) and container",
    };
}
