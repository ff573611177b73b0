using System.Globalization;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>What an address of the distribution API leads to (distribution-spec, "Endpoints").</summary>
internal enum OciResource
{
    Unknown,
    Manifest,
    Tags,
    Referrers,
    Blob,
}

/// <summary>
/// Where a document of a registry was read: the address of the request, which a resync hands over as header
/// <c>content-location</c> (RFC 9110 section 8.7), since documents don't say whose they are.
/// </summary>
internal sealed record OciLocation
{
    private const string Header = "content-location";

    private OciLocation(Node node) => Node = node;

    /// <summary>The header; absent where the request's address is not known.</summary>
    public Node Node { get; }

    /// <summary>The registry, configured or stated; null where neither is.</summary>
    public string? Host { get; private init; }

    /// <summary>What was asked for.</summary>
    public OciResource Resource { get; private init; }

    /// <summary>The repository's path; null where the address is unknown or names none.</summary>
    public string? Repository { get; private init; }

    /// <summary>The tag that was asked for; null for a digest.</summary>
    public string? Tag { get; private init; }

    /// <summary>The digest that was asked for; null for a tag.</summary>
    public Digest? Digest { get; private init; }

    /// <summary>Reads where a document comes from.</summary>
    public static OciLocation Of(SourceDocument document, Items items)
    {
        Node node = document.Headers[Header];
        string address = node.String ?? "";
        string? host = RegistryHost.Canonical(items.Notification.Instance)
            ?? (address.Contains("://", StringComparison.Ordinal) ? RegistryHost.Canonical(address) : null);
        string path = address.Split('?', '#')[0];
        int start = path.IndexOf("/v2/", StringComparison.Ordinal);
        if (start < 0)
        {
            return new OciLocation(node) { Host = host };
        }

        path = path[(start + 4)..];
        foreach ((string marker, OciResource resource) in Markers)
        {
            int at = path.LastIndexOf(marker, StringComparison.Ordinal);
            string reference = at < 0 ? "" : Uri.UnescapeDataString(path[(at + marker.Length)..]);
            if (at > 0 && ImageReference.IsRepository(path[..at]))
            {
                return new OciLocation(node)
                {
                    Host = host,
                    Resource = resource,
                    Repository = path[..at],
                    Tag = resource == OciResource.Manifest && ImageReference.IsTag(reference) ? reference : null,
                    Digest = Contracts.Digest.TryParse(reference, out Digest digest) ? digest : null,
                };
            }
        }

        return new OciLocation(node) { Host = host };
    }

    /// <summary>
    /// When the registry answered, by its own clock (header <c>date</c>, RFC 9110 section 6.6.1): the tag led there then,
    /// whenever it was moved. Null where it isn't known.
    /// </summary>
    public static DateTimeOffset? ReadAt(SourceDocument document) =>
        DateTimeOffset.TryParseExact(
            document.Headers["date"].String, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;

    private static readonly (string Marker, OciResource Resource)[] Markers =
    [
        ("/manifests/", OciResource.Manifest),
        ("/tags/", OciResource.Tags),
        ("/referrers/", OciResource.Referrers),
        ("/blobs/", OciResource.Blob),
    ];
}
