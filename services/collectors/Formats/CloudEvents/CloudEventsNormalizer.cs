using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>
/// CloudEvents 1.0 in structured, batch and binary mode, for every source. The project's own event types carry data
/// that a published schema describes (<c>contracts/schemas</c>), so that any system can take part; events that name
/// a pushed image in a common way are read as far as they go.
/// </summary>
public sealed class CloudEventsNormalizer : DocumentNormalizer
{
    private readonly string _observed;
    private readonly string _withdrawn;

    /// <summary>The format as one source's collector speaks it.</summary>
    public CloudEventsNormalizer(Source source)
    {
        Source = source;
        _observed = ObservedType(source);
        _withdrawn = WithdrawnType(source);
    }

    /// <inheritdoc/>
    public override Source Source { get; }

    /// <inheritdoc/>
    public override string Format => "cloudevents";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <summary>The event type that states a revision of a record: <c>dev.releaseintegrity.artifact-registry.observed.v1</c>.</summary>
    public static string ObservedType(Source source) => $"dev.releaseintegrity.{WireNames.Of(source)}.observed.v1";

    /// <summary>The event type that states that a record is gone at its source.</summary>
    public static string WithdrawnType(Source source) => $"dev.releaseintegrity.{WireNames.Of(source)}.withdrawn.v1";

    /// <inheritdoc/>
    protected override bool ReadsUnparsed(SourceDocument document) => IsBinary(document);

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        if (IsBinary(document))
        {
            items.Add(ReadEvent(CloudEvent.Binary(document, out NormalisedItem.Rejected? refused), refused, items));
            return;
        }

        foreach (Node e in document.Root.Kind == NodeKind.Array ? document.Root.Items : [document.Root])
        {
            items.Add(ReadEvent(CloudEvent.Structured(e, out NormalisedItem.Rejected? refused), refused, items));
        }
    }

    private static bool IsBinary(SourceDocument document) => document.Headers["ce-specversion"].Exists;

    private NormalisedItem ReadEvent(CloudEvent? e, NormalisedItem.Rejected? refused, Items items)
    {
        if (e is null)
        {
            return refused!;
        }

        if (e.Type == _observed || e.Type == _withdrawn)
        {
            return OwnEvent.Read(e, Source, e.Type == _withdrawn, items);
        }

        if (e.Type.StartsWith("dev.releaseintegrity.", StringComparison.Ordinal))
        {
            return e.Attribute("type").Reject($"not an event type of this source: {_observed} or {_withdrawn}");
        }

        return Source == Source.ArtifactRegistry && ForeignPush.IsPush(e)
            ? ForeignPush.Read(e, items)
            : new NormalisedItem.Irrelevant($"an event type that this collector does not read; it reads {_observed} and {_withdrawn}");
    }
}
