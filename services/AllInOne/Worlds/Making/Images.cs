using System.Text;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>An image that was built: a manifest, or an index of manifests for several platforms.</summary>
/// <param name="Digest">The digest of its document's bytes.</param>
/// <param name="Document">The manifest or the index itself.</param>
/// <param name="Children">The platform manifests of an index; none for a manifest.</param>
/// <param name="Config">The digest of the configuration of what runs, which some runtimes report.</param>
internal sealed record BuiltImage(Digest Digest, byte[] Document, IReadOnlyList<Digest> Children, string Config)
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Index = "application/vnd.oci.image.index.v1+json";

    private static readonly string[] Platforms = ["amd64", "arm64", "s390x"];

    /// <summary>Whether it is an index.</summary>
    public bool IsIndex => Children.Count > 0;

    /// <summary>Its media type.</summary>
    public string MediaType => IsIndex ? Index : Manifest;

    /// <summary>Builds one, for one platform or for several.</summary>
    public static BuiltImage Build(Chance chance)
    {
        string config = "sha256:" + chance.Hex(64);
        if (chance.Happens(0.5))
        {
            return Of(
                $$"""{"schemaVersion":2,"mediaType":"{{Manifest}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config}}","size":7023},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{{chance.Hex(64)}}","size":32654}]}""",
                [], config);
        }

        Digest[] children = [.. Platforms.Take(chance.Between(2, 3)).Select(_ => Contracts.Digest.Parse("sha256:" + chance.Hex(64)))];
        IEnumerable<string> entries = children.Select((c, i) =>
            $$$"""{"mediaType":"{{{Manifest}}}","digest":"{{{c}}}","size":7143,"platform":{"architecture":"{{{Platforms[i]}}}","os":"linux"}}""");

        // What BuildKit attaches: an entry of the index that nobody runs.
        string attached = $$$"""{"mediaType":"{{{Manifest}}}","digest":"sha256:{{{chance.Hex(64)}}}","size":566,"annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{{{children[0]}}}"},"platform":{"architecture":"unknown","os":"unknown"}}""";
        return Of($$"""{"schemaVersion":2,"mediaType":"{{Index}}","manifests":[{{string.Join(',', entries.Append(attached))}}]}""", children, config);
    }

    private static BuiltImage Of(string document, IReadOnlyList<Digest> children, string config)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(document);
        return new BuiltImage(Contracts.Digest.Parse("sha256:" + Chance.Hash(bytes)), bytes, children, config);
    }
}
