using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CdEvents;

/// <summary>
/// <c>cdevents</c>: events of the CDEvents specification, bare, as the data of CloudEvents (structured, batch or binary
/// mode: <c>cloudevents-binding.md</c>), or an array of either. Each source reads the subjects that it knows.
/// </summary>
public abstract class CdEventsNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public sealed override string Format => "cdevents";

    /// <inheritdoc/>
    protected sealed override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Root.Kind == NodeKind.Array ? document.Root.Items : [document.Root])
        {
            CdEvent? e = CdEvent.Read(root, out NormalisedItem? instead);
            items.Add(e is null ? instead! : ReadEvent(e, items));
        }
    }

    /// <summary>The item that an event makes; its time, where it has one, can be read.</summary>
    protected abstract NormalisedItem ReadEvent(CdEvent e, Items items);
}
