using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.Registry;

/// <summary>The host part of repository coordinates, canonical: lower case, without scheme, path or user.</summary>
public static class RegistryHost
{
    /// <summary>
    /// Reads a host, <c>host:port</c> or URL; null where there is none. Docker Hub's names become
    /// <see cref="ImageReference.DefaultRegistry"/>. A host need not have a dot: registries inside a cluster have none.
    /// </summary>
    public static string? Canonical(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        ReadOnlySpan<char> host = text;
        int scheme = host.IndexOf("://");
        host = scheme < 0 ? host : host[(scheme + 3)..];
        int end = host.IndexOfAny('/', '?', '#');
        host = end < 0 ? host : host[..end];
        host = host[(host.LastIndexOf('@') + 1)..];
        string canonical = host.ToString().ToLowerInvariant();
        return canonical switch
        {
            "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com" => ImageReference.DefaultRegistry,
            _ => IsHost(canonical) ? canonical : null,
        };
    }

    private static bool IsHost(string text)
    {
        ReadOnlySpan<char> host = text;
        int colon = host.LastIndexOf(':');
        if (colon >= 0 && !host.EndsWith("]"))
        {
            if (host[(colon + 1)..] is not { Length: > 0 and <= 5 } port || port.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            host = host[..colon];
        }

        if (host is ['[', .., ']'])
        {
            return System.Net.IPAddress.TryParse(host[1..^1], out _);
        }

        return host.Length is > 0 and <= 253 && !host.ContainsAnyExcept(HostCharacters) && host[0] is not ('-' or '.') && host[^1] is not '-';
    }

    private static readonly System.Buffers.SearchValues<char> HostCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");
}
