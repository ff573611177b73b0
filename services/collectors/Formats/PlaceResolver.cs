using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// Reads the raw value at a place from the kept bytes of a notification: the proof of lineage (invariant I6). It knows
/// nothing of formats, only decode steps and JSON Pointers.
/// </summary>
public sealed class PlaceResolver : IDisposable
{
    private readonly Notification _notification;
    private SourceDocument? _json;

    /// <summary>Opens a notification; its body is parsed only if a place asks for it.</summary>
    public PlaceResolver(Notification notification) => _notification = notification;

    private SourceDocument Document => _json ??= SourceDocument.Parse(_notification);

    /// <summary>
    /// The node at a place; absent or undecodable where the place does not select exactly one node. Valid until the
    /// resolver is disposed.
    /// </summary>
    public Node Resolve(Place place)
    {
        Node root = place.Decode.Count > 0 && TakesWholeBody(place.Decode[0]) ? Document.Body : Document.Root;
        foreach (DecodeStep step in place.Decode)
        {
            root = step.As == "header" ? Document.Headers : root.Select(step.Pointer).Decode(step.As);
        }

        return root.Select(place.Pointer);
    }

    /// <summary>The raw scalar text at a place of a notification; null for an explicit null, a container, or nothing.</summary>
    public static string? Raw(Notification notification, Place place)
    {
        using var resolver = new PlaceResolver(notification);
        return resolver.Resolve(place).Text;
    }

    /// <inheritdoc/>
    public void Dispose() => _json?.Dispose();

    /// <summary>A body need not be JSON for these; for the others its root is the JSON document.</summary>
    private static bool TakesWholeBody(DecodeStep step) =>
        step.Pointer.Length == 0 && (step.As is "form" or "sha256" or "rekor-leaf" or "verification-log"
            || step.As.StartsWith("json-line", StringComparison.Ordinal)
            || step.As.StartsWith("yaml", StringComparison.Ordinal) || step.As.StartsWith("certificate", StringComparison.Ordinal));
}
