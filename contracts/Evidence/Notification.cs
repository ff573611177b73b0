using System.Security.Cryptography;
using System.Text;

namespace ReleaseIntegrity.Contracts;

/// <summary>
/// What a source pushed or a resync fetched, whole. Its address is the SHA-256 of the body; where headers carry
/// content (CloudEvents in binary mode), of those headers, an empty line and the body.
/// </summary>
public sealed record Notification
{
    /// <summary>The source whose collector took it.</summary>
    public required Source Source { get; init; }

    /// <summary>The format, which is also the endpoint's name.</summary>
    public required string Format { get; init; }

    /// <summary>The raw bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>When it was received or fetched, UTC: the extraction time of all its items.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Headers that normalising may read, keys lower case, credentials never among them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The source instance as configured at the endpoint; null where the payload must say it.</summary>
    public string? Instance { get; init; }

    /// <summary>Lower-case hex SHA-256 that addresses the kept notification.</summary>
    public string Sha256()
    {
        string content = string.Concat(Headers
            .Where(h => h.Key.StartsWith("ce-", StringComparison.Ordinal))
            .OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => $"{h.Key}: {h.Value}\n"));
        if (content.Length == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData(Body.Span));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(content + "\n"));
        hash.AppendData(Body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
