using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// What a cosign image signature signs (cosign SIGNATURE_SPEC.md, "Simple Signing"; containers/image
/// "containers-signature(5)"): the image's digest, and under which reference it was signed.
/// </summary>
/// <param name="Digest">The image's digest.</param>
/// <param name="Image">The reference; null where the payload names none.</param>
/// <param name="DigestNode">Where the digest stands.</param>
internal sealed record SimpleSigningPayload(Digest Digest, ImageReference? Image, Node DigestNode)
{
    /// <summary>The layer's media type in a cosign signature manifest.</summary>
    public const string MediaType = "application/vnd.dev.cosign.simplesigning.v1+json";

    /// <summary>Whether a document looks like a payload.</summary>
    public static bool Is(Node document) => Member(document, "critical").Exists;

    /// <summary>Reads a payload; null with a rejected item where it doesn't name one image.</summary>
    public static SimpleSigningPayload? Read(Node payload, out NormalisedItem? refusal)
    {
        Node critical = Member(payload, "critical");
        Node image = Member(critical, "image");
        Node stated = Member(image, "docker-manifest-digest");
        Node name = Member(Member(critical, "identity"), "docker-reference");
        ImageReference? reference = null;
        Digest? pinned = null;
        bool named = name.HasValue;
        refusal = stated.IsAmbiguous || name.IsAmbiguous
                || (image["docker-manifest-digest"].Exists && image["Docker-manifest-digest"].Exists)
                ? image.Reject("the image's digest or reference is stated more than once")
            : !Digest.TryParse(stated.String, out Digest digest) ? stated.Reject("not an OCI digest: nothing else says which image was signed")
            : named && !ImageReference.TryParse(name.String, out reference, out pinned) ? name.Reject("not an image reference")
            : pinned is { } other && other != digest ? name.Reject("the reference names another digest than the payload")
            : null;
        return refusal is null ? new SimpleSigningPayload(Digest.Parse(stated.String!), reference, stated) : null;
    }

    /// <summary>The subject that the payload names.</summary>
    public Subject Subject => new(Image, Digest, DigestKind.Unknown, DigestNode.Place);

    /// <summary>How to ask for the signatures of the image.</summary>
    public string Target => Image is null ? Digest.Text : $"{Image}@{Digest}";

    /// <summary>
    /// The payload as a record of its own, which ties what is signed under its digest to the image, and says nothing else: whether
    /// anybody signed it, only the signature tells. The reference counts without its tag, which nobody vouches for. Null
    /// where it names no repository: then the digest alone would bind strangers.
    /// </summary>
    /// <param name="signed">The digests of the payload's bytes, the first one its id.</param>
    /// <param name="node">The payload.</param>
    /// <param name="items">The items so far.</param>
    public NormalisedItem? ToRecord(IReadOnlyList<Digest> signed, Node node, Items items) => Image is null ? null : new NormalisedItem.Observed(new Observation
    {
        Record = new SourceRecord(
            Source.SignatureLedger, items.Notification.Instance ?? Envelope.Unlogged, RecordKind.SignedPayload, signed[0].Text),
        Revision = new Revision(null, null),
        Lineage = items.NextLineage,
        Subjects = [new Subject(Image with { Tag = null }, Digest, DigestKind.Unknown, DigestNode.Place)],
        Children = signed,
        MessageId = signed[0].Text,
        RecordPointer = node.Pointer,
    });

    /// <summary>A member as the specification spells it, or as its examples and early versions did, with a capital.</summary>
    private static Node Member(Node node, string name) =>
        node[name].Exists ? node[name] : node[char.ToUpperInvariant(name[0]) + name[1..]] is { Exists: true } capital ? capital : node[name];
}
