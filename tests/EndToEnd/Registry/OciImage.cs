using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ReleaseIntegrity.Tests.EndToEnd.Registry;

/// <summary>An image, or an index of images, as an OCI layout on disk (OCI image-layout 1.0.0), written by the test itself.</summary>
internal sealed class OciImage
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    private readonly Dictionary<string, byte[]> _blobs = [];

    private OciImage()
    {
    }

    /// <summary>Digest of the manifest, or of the index.</summary>
    public string Digest { get; private set; } = "";

    /// <summary>For an index: the digests of its manifests.</summary>
    public IReadOnlyList<string> Children { get; private set; } = [];

    private Descriptor Top { get; set; } = null!;

    /// <summary>An image of one small file; equal contents give an equal digest.</summary>
    public static OciImage Single(string content, string architecture = "amd64")
    {
        var image = new OciImage();
        image.Point(image.Manifest(content, architecture));
        return image;
    }

    /// <summary>An index of one image per architecture.</summary>
    public static OciImage Index(string content, params string[] architectures)
    {
        var image = new OciImage();
        Descriptor[] manifests = [.. architectures.Select(a => image.Manifest(content, a))];
        image.Children = [.. manifests.Select(m => m.Digest)];
        image.Point(image.Add(IndexType, Json(new
        {
            schemaVersion = 2,
            mediaType = IndexType,
            manifests = manifests.Select((m, i) => new
            {
                mediaType = m.MediaType,
                digest = m.Digest,
                size = m.Size,
                platform = new { architecture = architectures[i], os = "linux" },
            }),
        })));
        return image;
    }

    /// <summary>Writes the layout; the image's name in it is <c>image</c>.</summary>
    public void Write(string folder)
    {
        string blobs = Path.Combine(folder, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        foreach ((string digest, byte[] bytes) in _blobs)
        {
            File.WriteAllBytes(Path.Combine(blobs, digest["sha256:".Length..]), bytes);
        }

        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(Path.Combine(folder, "index.json"), Json(new
        {
            schemaVersion = 2,
            manifests = new[]
            {
                new
                {
                    mediaType = Top.MediaType,
                    digest = Top.Digest,
                    size = Top.Size,
                    annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = "image" },
                },
            },
        }));
    }

    private Descriptor Manifest(string content, string architecture)
    {
        byte[] archive = Archive($"{content} on {architecture}");
        Descriptor layer = Add("application/vnd.oci.image.layer.v1.tar+gzip", Compressed(archive));
        Descriptor config = Add("application/vnd.oci.image.config.v1+json", Json(new
        {
            architecture,
            os = "linux",
            config = new { },
            rootfs = new { type = "layers", diff_ids = new[] { Of(archive) } },
        }));
        return Add(ManifestType, Json(new { schemaVersion = 2, mediaType = ManifestType, config, layers = new[] { layer } }));
    }

    private void Point(Descriptor top)
    {
        Top = top;
        Digest = top.Digest;
    }

    private Descriptor Add(string mediaType, byte[] bytes)
    {
        string digest = Of(bytes);
        _blobs[digest] = bytes;
        return new Descriptor(mediaType, digest, bytes.Length);
    }

    private static byte[] Archive(string content)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "release.txt")
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }

        return bytes.ToArray();
    }

    /// <summary>Compressed already, since a client that compresses on its way would change the digests.</summary>
    private static byte[] Compressed(byte[] archive)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(archive);
        }

        return bytes.ToArray();
    }

    private static string Of(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web);

    /// <summary>A descriptor as OCI has it.</summary>
    private sealed record Descriptor(string MediaType, string Digest, long Size);
}
