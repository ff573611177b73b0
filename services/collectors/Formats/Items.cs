using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// Collects the items of one notification in the payload's order. An item's index is its place in that order, whatever
/// kind of item it is, so that lineage stays the same when a mapping fix turns a rejected item into an observed one.
/// </summary>
public sealed class Items
{
    private readonly List<NormalisedItem> _list = [];
    private readonly INormalizer _normalizer;
    private string? _sha256;

    internal Items(Notification notification, INormalizer normalizer)
    {
        Notification = notification;
        _normalizer = normalizer;
    }

    /// <summary>The notification that is being split.</summary>
    public Notification Notification { get; }

    /// <summary>How many items there are so far.</summary>
    public int Count => _list.Count;

    /// <summary>The lineage of the item that is added next.</summary>
    public Lineage NextLineage => new(
        _sha256 ??= Notification.Sha256(), _list.Count, Notification.ReceivedAt.ToUniversalTime(), _normalizer.Format, _normalizer.MappingVersion);

    /// <summary>Adds an item.</summary>
    public void Add(NormalisedItem item) => _list.Add(item);

    /// <summary>Adds an observation, which must have been made with the current <see cref="NextLineage"/>.</summary>
    public void Add(Observation observation) => _list.Add(new NormalisedItem.Observed(observation));

    /// <summary>Adds an item that can't be used, for what a node holds.</summary>
    public void Reject(Node node, string reason) => _list.Add(node.Reject(reason));

    internal IReadOnlyList<NormalisedItem> ToList() => _list;
}
