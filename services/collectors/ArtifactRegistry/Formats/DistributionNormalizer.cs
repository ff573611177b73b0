using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// Notifications of CNCF Distribution (<c>docs/content/about/notifications.md</c>, <c>notifications/event.go</c>):
/// <c>{"events":[…]}</c>, each event one item. Events of one envelope are unrelated, in no order, and judged one by one.
/// </summary>
public sealed class DistributionNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "distribution";

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node events in document.Readable(items).Select(envelope => envelope["events"]))
        {
            if (events.Kind is not (NodeKind.Array or NodeKind.Null) || events.IsAmbiguous)
            {
                items.Reject(events, "events must be one array");
            }
            else if (!events.HasValue)
            {
                items.Add(new NormalisedItem.Irrelevant("an envelope without events"));
            }

            foreach (Node e in events.IsAmbiguous ? [] : events.Items)
            {
                items.Add(ReadEvent(e, items));
            }
        }
    }

    private static NormalisedItem ReadEvent(Node e, Items items)
    {
        Node target = e["target"];
        Node digestNode = target["digest"];
        if (RegistryMembers.FindDuplicate(e, "id", "timestamp", "action", "target", "request") is { } twice)
        {
            return twice;
        }

        if (RegistryMembers.FindDuplicate(target, "digest", "tag", "repository", "mediaType") is { } twiceInTarget)
        {
            return twiceInTarget;
        }

        // The grammar first, whatever the event is about: a digest that is none is quarantined (FORMATS 1.1).
        Digest? digest = null;
        if (digestNode.HasValue)
        {
            if (!Digest.TryParse(digestNode.Text, out Digest parsed))
            {
                return digestNode.Reject(RegistryMembers.NotADigest);
            }

            digest = parsed;
        }

        return e["action"].Value switch
        {
            "push" => ReadChange(e, target, digest, items, withdrawn: false),
            "delete" => ReadChange(e, target, digest, items, withdrawn: true),
            "pull" => new NormalisedItem.Irrelevant("a pull"),
            "mount" => new NormalisedItem.Irrelevant("a layer mounted from another repository"),
            null => e["action"].Reject("action is missing"),
            _ => new NormalisedItem.Irrelevant("an action other than push and delete"),
        };
    }

    private static NormalisedItem ReadChange(Node e, Node target, Digest? digest, Items items, bool withdrawn)
    {
        DigestKind kind = DigestKind.Unknown;
        if (target["mediaType"].Value is { } mediaType)
        {
            if (!ManifestMediaTypes.IsManifest(mediaType))
            {
                return new NormalisedItem.Irrelevant("a layer or a configuration, which no tag can name");
            }

            kind = ManifestMediaTypes.KindOf(mediaType)!.Value;
        }
        else if (target["url"].Value?.Contains("/blobs/", StringComparison.Ordinal) == true)
        {
            return new NormalisedItem.Irrelevant("a blob, which no tag can name");
        }

        string? host = RegistryHost.Canonical(items.Notification.Instance)
            ?? RegistryHost.Canonical(e["request"]["host"].Value)
            ?? RegistryHost.Canonical(target["url"].Value);
        if (host is null)
        {
            return e["request"]["host"].Reject(RegistryMembers.NoHost);
        }

        if (RegistryMembers.ReadImage(host, target["repository"], target["tag"], out ImageReference? image) is { } refused)
        {
            return refused;
        }

        TimeReading time = Times.Read(e["timestamp"], TimeFormats.Rfc3339);
        if (time.Unreadable is not null)
        {
            return e["timestamp"].Reject(time.Unreadable);
        }

        if (digest is null && MissingDigest(target, image!, withdrawn) is { } incomplete)
        {
            return incomplete;
        }

        return new NormalisedItem.Observed(new RegistryFact
        {
            Image = image!,
            Repository = target["repository"],
            Tag = target["tag"],
            Digest = digest,
            DigestNode = target["digest"],
            Kind = kind,
            Time = e["timestamp"],
            OccurredAt = time.Utc,
            Children = kind == DigestKind.Index && !withdrawn ? Children(target["references"]) : [],
            Withdrawn = withdrawn,
            MessageId = e["id"].Value,
            RecordPointer = e.Pointer,
        }.ToObservation(image!.Registry, items.NextLineage));
    }

    /// <summary>
    /// Without a digest a push can only ask for a resync. A deletion without one is the deletion of a tag, and without
    /// a tag either that of the repository (notifications/bridge.go): but only if the members really are absent, since
    /// an empty digest must not widen the deletion of a manifest to that of everything.
    /// </summary>
    private static NormalisedItem? MissingDigest(Node target, ImageReference image, bool withdrawn)
    {
        if (!withdrawn)
        {
            return image.Tag is not null
                ? new NormalisedItem.Hint("a push that states no digest", image.Registry, image.ToString())
                : target["digest"].Reject("a push that states neither digest nor tag");
        }

        return image.Tag is null && (target["digest"].Exists || target["tag"].Exists)
            ? target["digest"].Reject("a deletion whose digest and tag are empty")
            : null;
    }

    /// <summary>
    /// The manifests that a pushed index lists. Layers and configurations that a manifest lists are no children, and a
    /// malformed digest proves nothing.
    /// </summary>
    private static List<Digest> Children(Node references)
    {
        var children = new List<Digest>();
        foreach (Node reference in references.Items)
        {
            if (ManifestMediaTypes.IsManifest(reference["mediaType"].Value ?? "")
                && !reference.HasDuplicate("digest")
                && Digest.TryParse(reference["digest"].Text, out Digest child))
            {
                children.Add(child);
            }
        }

        return children;
    }
}
