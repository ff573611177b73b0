namespace ReleaseIntegrity.Contracts;

/// <summary>
/// One format of one source. Pure and total: the same notification always gives the same items, in the same order,
/// and no input makes it throw, however malformed.
/// </summary>
public interface INormalizer
{
    /// <summary>The source that speaks the format.</summary>
    Source Source { get; }

    /// <summary>The format's name: the endpoint, and the folder name that <c>reconcile</c> knows.</summary>
    string Format { get; }

    /// <summary>Raised whenever the mapping reads the same bytes differently.</summary>
    int MappingVersion { get; }

    /// <summary>Splits a notification into items; at least one, since a notification without any is one rejected item.</summary>
    IReadOnlyList<NormalisedItem> Normalise(Notification notification);
}
