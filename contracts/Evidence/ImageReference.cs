using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Contracts;

/// <summary>
/// Repository coordinates with an optional tag and digest, as in the OCI distribution specification ("Pulling
/// manifests") with the reference spelling that Docker made common: <c>host[:port]/path[:tag][@digest]</c>.
/// The host and path are lower case.
/// </summary>
public sealed partial record ImageReference(string Registry, string Repository, string? Tag)
{
    /// <summary>The host that a reference without one means.</summary>
    public const string DefaultRegistry = "docker.io";

    /// <summary><c>registry/repository</c>.</summary>
    public string Coordinates => $"{Registry}/{Repository}";

    /// <summary><c>registry/repository[:tag]</c>.</summary>
    public override string ToString() => Tag is null ? Coordinates : $"{Coordinates}:{Tag}";

    /// <summary>Whether text is a legal repository path (lower case, separators between alphanumerics).</summary>
    public static bool IsRepository(string? text) => text is { Length: > 0 and <= 255 } && RepositoryGrammar().IsMatch(text);

    /// <summary>Whether text is a legal tag.</summary>
    public static bool IsTag(string? text) => text is { Length: > 0 and <= 128 } && TagGrammar().IsMatch(text);

    /// <summary>
    /// Parses a reference; <paramref name="digest"/> is set where <c>@digest</c> is present. A reference without a host
    /// means Docker Hub, and a one-segment path there means <c>library/</c>. With <paramref name="hostRequired"/> a
    /// reference without a host is refused: for text that may be a file name as well as an image.
    /// </summary>
    public static bool TryParse(string? text, out ImageReference? reference, out Digest? digest, bool hostRequired = false)
    {
        reference = null;
        digest = null;
        if (string.IsNullOrEmpty(text) || text.Length > 1024)
        {
            return false;
        }

        string rest = text;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Digest.TryParse(rest[(at + 1)..], out Digest parsed))
            {
                return false;
            }

            digest = parsed;
            rest = rest[..at];
        }

        string? tag = null;
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
        }

        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        bool hasHost = slash > 0 && LooksLikeHost(rest[..slash]);
        if (!hasHost && hostRequired)
        {
            return false;
        }

        string registry = hasHost ? rest[..slash].ToLowerInvariant() : DefaultRegistry;
        string repository = hasHost ? rest[(slash + 1)..] : rest;
        if (registry is "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com")
        {
            registry = DefaultRegistry;
        }

        if (registry == DefaultRegistry && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = "library/" + repository;
        }

        if (!IsRepository(repository) || (tag is not null && !IsTag(tag)))
        {
            return false;
        }

        reference = new ImageReference(registry, repository, tag);
        return true;
    }

    private static bool LooksLikeHost(string text) =>
        text == "localhost" || text.AsSpan().ContainsAny('.', ':');

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RepositoryGrammar();

    [GeneratedRegex(@"^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex TagGrammar();
}
