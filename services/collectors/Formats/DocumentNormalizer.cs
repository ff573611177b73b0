using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// What every format of a parsed document has in common: a body that can't be parsed is one rejected item with line,
/// column and reason; a notification without items is one rejected item, an empty list an irrelevant one; nothing throws.
/// </summary>
public abstract class DocumentNormalizer : INormalizer
{
    /// <summary>The start of the reason that stands for a defect of a normaliser. Tests refuse it for every input.</summary>
    public const string DefectReason = "this normaliser failed on the payload";

    /// <inheritdoc/>
    public abstract Source Source { get; }

    /// <inheritdoc/>
    public abstract string Format { get; }

    /// <inheritdoc/>
    public virtual int MappingVersion => 1;

    /// <summary>The syntax of the body.</summary>
    protected virtual DocumentSyntax Syntax => DocumentSyntax.Json;

    /// <inheritdoc/>
    public IReadOnlyList<NormalisedItem> Normalise(Notification notification)
    {
        using SourceDocument document = SourceDocument.Parse(notification, Syntax);
        if (document.Failure is { } failure && !ReadsUnparsed(document))
        {
            return [failure];
        }

        var items = new Items(notification, this);
        try
        {
            Read(document, items);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A defect must cost one notification, kept whole and named, and never the queue behind it.
            return [new NormalisedItem.Rejected($"{DefectReason} ({e.GetType().Name})")];
        }

        return items.Count > 0 ? items.ToList()
            : document.Root is { Kind: NodeKind.Array, HasValue: false } ? [new NormalisedItem.Irrelevant("an empty list")]
            : [new NormalisedItem.Rejected("the payload holds no item")];
    }

    /// <summary>Splits the document into items. What it throws is a defect.</summary>
    protected abstract void Read(SourceDocument document, Items items);

    /// <summary>Whether the format can read a notification whose body is no document (content in headers).</summary>
    protected virtual bool ReadsUnparsed(SourceDocument document) => false;
}
