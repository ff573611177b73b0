using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Resync;

/// <summary>One line of a watch (Kubernetes API concepts, "Efficient detection of changes").</summary>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c>, <c>BOOKMARK</c> or <c>ERROR</c>.</param>
/// <param name="Version">The version up to which everything is known with it.</param>
/// <param name="Pod">The pod; null for what is none.</param>
internal sealed record WatchEvent(string Type, string Version, SeenPod? Pod)
{
    private const int Gone = 410;

    /// <summary>The version that was asked for is no longer kept: only a list tells what happened since.</summary>
    public bool IsTooOld { get; private init; }

    /// <summary>Reads a line.</summary>
    /// <exception cref="SourceException">It is no watch event, or an error other than 410.</exception>
    public static WatchEvent Read(ReadOnlyMemory<byte> line)
    {
        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(line);
            json = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new SourceException(SourceTrouble.Unexpected, "a line of the watch is no JSON", e);
        }

        // Where the request itself is refused, the status comes without an event around it.
        JsonElement about = SeenPod.Member(json, "object") is { ValueKind: JsonValueKind.Object } inner ? inner : json;
        string type = SeenPod.Text(json, "type");
        if (SeenPod.Text(about, "kind") == "Status")
        {
            bool tooOld = SeenPod.Member(about, "code") is { ValueKind: JsonValueKind.Number } code && code.GetDecimal() == Gone;
            return tooOld
                ? new WatchEvent("ERROR", "", null) { IsTooOld = true }
                : throw new SourceException(SourceTrouble.Failed, "the watch ended with an error");
        }

        string version = SeenPod.Text(SeenPod.Member(about, "metadata"), "resourceVersion");
        if (version.Length == 0 || type is not ("ADDED" or "MODIFIED" or "DELETED" or "BOOKMARK"))
        {
            throw new SourceException(SourceTrouble.Unexpected, "a line of the watch is no event about a pod");
        }

        return new WatchEvent(type, version, type == "BOOKMARK" ? null : SeenPod.Read(about));
    }

    /// <summary>The page that it makes.</summary>
    /// <param name="document">The line as a document.</param>
    /// <param name="cluster">The cluster.</param>
    public SourcePage Page(FetchedDocument document, string cluster) => Pod is null
        ? new SourcePage { Watermark = Version, Heard = [cluster] }
        : new SourcePage
        {
            Documents = [document],
            Watermark = Version,
            Seen = new Dictionary<string, string?> { [Pod.Uid] = Type == "DELETED" ? null : Pod.Known },
        };
}

/// <summary>One page of a list of pods.</summary>
/// <param name="Pods">The pods.</param>
/// <param name="Version">The version of the snapshot, the same on all of its pages.</param>
/// <param name="Next">What continues it; empty on the last page.</param>
/// <param name="Left">How many follow; null where that isn't said.</param>
internal sealed record PodList(IReadOnlyList<SeenPod> Pods, string Version, string Next, long? Left)
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="SourceException">It is no list.</exception>
    public static PodList Read(SourceAnswer answer)
    {
        JsonElement list = answer.IsFound ? answer.Json() : default;
        JsonElement metadata = SeenPod.Member(list, "metadata");
        string version = SeenPod.Text(metadata, "resourceVersion");
        if (SeenPod.Member(list, "items") is not { ValueKind: JsonValueKind.Array } items || version.Length == 0)
        {
            throw new SourceException(SourceTrouble.Unexpected, "its answer is no list of pods: see Address and Only");
        }

        return new PodList(
            [.. items.EnumerateArray().Select(SeenPod.Read)],
            version,
            SeenPod.Text(metadata, "continue"),
            SeenPod.Member(metadata, "remainingItemCount") is { ValueKind: JsonValueKind.Number } left ? left.GetInt64() : null);
    }
}
