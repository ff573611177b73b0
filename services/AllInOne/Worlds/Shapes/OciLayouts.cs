using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// A registry that is told of by what was exported from it: the <c>index.json</c> of an image layout (image-spec, "Image Layout"), whose
/// entry names the tag by a whole reference. It says neither when nor, of an index, what is in it.
/// </summary>
internal static class OciLayouts
{
    /// <summary>The file for a push.</summary>
    public static string Index(Push p) =>
        $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"{{{p.Built.MediaType}}}","digest":"{{{p.Digest ?? "sha256:"}}}","size":{{{p.Built.Document.Length}}},"annotations":{"io.containerd.image.name":"{{{p.Image}}}","org.opencontainers.image.ref.name":"{{{p.Image.Tag}}}"}}]}""";

    /// <summary>What the file says beside the tag: it is an index itself, of the one image, whosever that is.</summary>
    public static Statement Itself(Push p) => new()
    {
        Source = Source.ArtifactRegistry,
        Instance = "oci",
        Kind = RecordKind.RegistryManifest,
        Record = "layout/" + p.Id,
        At = p.At,
        Digest = Digest.Parse("sha256:" + Making.Chance.Hash(System.Text.Encoding.UTF8.GetBytes(Index(p)))),
        Children = p.Digest == p.Built.Digest.Text ? [p.Built.Digest] : [],
    };
}
