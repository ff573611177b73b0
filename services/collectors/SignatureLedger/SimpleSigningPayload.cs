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

    /// <summary>A member as the specification spells it, or as its examples and early versions did, with a capital.</summary>
    private static Node Member(Node node, string name) =>
        node[name].Exists ? node[name] : node[char.ToUpperInvariant(name[0]) + name[1..]] is { Exists: true } capital ? capital : node[name];
}
