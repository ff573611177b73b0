using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>google-gar</c>: messages of the Pub/Sub topic <c>gcr</c> ("Configure Pub/Sub notifications"), as Pub/Sub pushes them:
/// wrapped (<c>{"message":{"data":BASE64}}</c>, as Eventarc has it also within a CloudEvent), as a pull answers, or the bare data.
/// Digest and tag are whole references; a tag beside a digest may also stand alone.
/// </summary>
public sealed class GoogleNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "google-gar";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node pulled = root.Kind == NodeKind.Array ? root : root["receivedMessages"];
        if (pulled.IsAmbiguous || root.HasDuplicate("data"))
        {
            items.Reject(root, "receivedMessages or data is stated more than once");
            return;
        }

        foreach (Node one in pulled.Kind == NodeKind.Array ? pulled.Items : [root])
        {
            ReadMessage(one["specversion"].Exists && one["data"].Kind == NodeKind.Object ? one["data"] : one, items);
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("a pull that brought no message"));
        }
    }

    private static void ReadMessage(Node root, Items items)
    {
        Node message = root["message"];
        if (RegistryMembers.FindDuplicate(root, "message", "action", "digest", "tag") is { } twice)
        {
            items.Add(twice);
        }
        else if (!message.Exists)
        {
            items.Add(ReadData(root, root, items));
        }
        else if (RegistryMembers.FindDuplicate(message, "data", "messageId", "message_id", "publishTime", "publish_time") is { } twiceInMessage)
        {
            items.Add(twiceInMessage);
        }
        else
        {
            Node data = message["data"].DecodeBase64Json();
            items.Add(data.Failure ?? ReadData(data, message, items));
        }
    }

    private static NormalisedItem ReadData(Node data, Node message, Items items)
    {
        if (RegistryMembers.FindDuplicate(data, "action", "digest", "tag") is { } twice)
        {
            return twice;
        }

        Node digestNode = data["digest"];
        Node tagNode = data["tag"];
        if (Refusal(digestNode, out ImageReference? manifest, out Digest? digest) is { } noManifest)
        {
            return noManifest;
        }

        ImageReference? tagged = manifest is not null && ImageReference.IsTag(tagNode.String) ? manifest with { Tag = tagNode.String } : null;
        Digest? extra = null;
        if (tagged is null && Refusal(tagNode, out tagged, out extra) is { } noTag)
        {
            return noTag;
        }

        if (tagged is not null && (tagged.Tag is null || extra is not null))
        {
            return tagNode.Reject("tag must be host/repository:tag");
        }

        if (manifest is not null && (digest is null || manifest.Tag is not null))
        {
            return digestNode.Reject(RegistryMembers.NotADigest);
        }

        if (manifest is not null && tagged is not null && manifest != tagged with { Tag = null })
        {
            return tagNode.Reject("tag names another repository than digest does");
        }

        string? action = data["action"].String?.ToUpperInvariant();
        if (action is not ("INSERT" or "DELETE"))
        {
            return action is null or "" ? data["action"].Reject("action is missing") : new NormalisedItem.Irrelevant("an action other than INSERT and DELETE");
        }

        ImageReference? image = tagged ?? manifest;
        return new RegistryEvent
        {
            DigestNode = digestNode,
            Digest = digest,
            Host = image?.Registry,
            HostNode = digestNode,
            Repository = manifest is null ? tagNode : digestNode,
            Path = image?.Repository,
            Tag = tagNode,
            TagText = tagged?.Tag,
            Time = message["publishTime"].Exists ? message["publishTime"] : message["publish_time"],
            Withdrawn = action == "DELETE",
            MessageId = message["messageId"].Value ?? message["message_id"].Value,
            Pointer = data.Pointer,
        }.ToItem(items);
    }

    /// <summary>Reads a reference; absent and empty are none.</summary>
    private static NormalisedItem.Rejected? Refusal(Node node, out ImageReference? image, out Digest? digest)
    {
        (image, digest) = (null, null);
        if (!node.HasValue || ImageReference.TryParse(node.String, out image, out digest, hostRequired: true))
        {
            return null;
        }

        int at = node.String?.IndexOf('@', StringComparison.Ordinal) ?? -1;
        return node.Reject(at >= 0 && !Digest.TryParse(node.String![(at + 1)..], out _)
            ? RegistryMembers.NotADigest
            : "not a reference with its host (host/repository@digest, host/repository:tag)");
    }
}
