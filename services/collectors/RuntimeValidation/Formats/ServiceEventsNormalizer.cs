using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.CdEvents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>cdevents</c> of the runtime: a service deployed, upgraded, rolled back or removed (CDEvents, "Continuous Deployment", service). The
/// record is the service in its environment.
/// </summary>
/// <param name="options">Names of headers.</param>
public sealed class ServiceEventsNormalizer(RuntimeValidationOptions options) : CdEventsNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    protected override NormalisedItem ReadEvent(CdEvent e, Items items) => e.Kind switch
    {
        "service.deployed" or "service.upgraded" or "service.rolledback" => ReadService(e, items, removed: false),
        "service.removed" => ReadService(e, items, removed: true),
        "service.published" => new NormalisedItem.Irrelevant("a service made reachable: it runs what it ran"),
        _ => new NormalisedItem.Irrelevant("an event about something other than a service"),
    };

    private NormalisedItem ReadService(CdEvent e, Items items, bool removed)
    {
        Node service = e.SubjectId;
        Node environment = e.Content["environment"]["id"];
        Node artifact = e.Content["artifactId"];
        if (service.String is not { Length: > 0 } || environment.String is not { Length: > 0 } || environment.IsAmbiguous || artifact.IsAmbiguous)
        {
            return e.Node["subject"].Reject("a service needs one id, one environment.id and at most one artifactId");
        }

        string? configured = items.Notification.Instance is { Length: > 0 } instance ? instance
            : items.Notification.Headers.GetValueOrDefault(options.ClusterHeader) is { Length: > 0 } header ? header : null;
        string cluster = configured ?? environment.String;
        ArtifactId? read = ArtifactId.Parse(artifact.String);
        if (!removed || artifact.HasValue)
        {
            NormalisedItem? instead = !artifact.HasValue
                    ? new NormalisedItem.Hint("a service whose artifact the event doesn't name", cluster, $"service {service.String}")
                : read is null ? new NormalisedItem.Irrelevant("a service that is no container image")
                : read.Problem is not null ? artifact.Reject(read.Problem)
                : read.Digest is null ? new NormalisedItem.Hint("a service whose artifact is named without a digest", cluster, read.Image?.ToString() ?? $"service {service.String}")
                : null;
            if (instead is not null)
            {
                return instead;
            }
        }

        var readings = new Readings();
        if (read?.Digest is { } digest)
        {
            readings.Value(Field.ObservedDigest, artifact, digest.Text);
        }

        readings.Value(Field.ClusterId, configured is null ? environment : e.Node, cluster);
        readings.Time(Field.ObservationTime, e.Timestamp, TimeFormats.Rfc3339);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(
                Source, cluster, RecordKind.Container, $"{cluster}/{environment.String}/{service.String}"),
            Revision = new Revision(null, e.Occurred.Utc),
            Lineage = items.NextLineage,
            Subjects = read is null ? [] : [new Subject(read.Image, read.Digest, DigestKind.Unknown, artifact.Place)],
            Fields = readings.ToList(),
            Withdrawn = removed,
            MessageId = e.MessageId,
            RecordPointer = e.Node.Pointer,
        });
    }
}
