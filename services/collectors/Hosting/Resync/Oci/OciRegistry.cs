using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Resync.Oci;

/// <summary>
/// Reads a registry over the OCI distribution API (distribution-spec, "Pull" and "Content Discovery"). Manifests are checked
/// against the digest that was asked for or stated. Safe for concurrent use.
/// </summary>
public sealed class OciRegistry(SourceConnection connection)
{
    private const int PageLimit = 10_000;

    private static readonly string[] Manifests =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly OciTokens _tokens = new(connection.Http, connection.Address);

    /// <summary>The repositories to read: the configured ones, else those of the catalogue, as far as it shows them.</summary>
    public IAsyncEnumerable<string> RepositoriesAsync(CancellationToken cancellationToken) => connection.Options.Only.Count > 0
        ? connection.Options.Only.ToAsyncEnumerable()
        : NamesAsync($"v2/_catalog?n={connection.Options.PageSize}", "repositories", "registry:catalog:*", cancellationToken);

    /// <summary>All tags of a repository; none where there is no such repository.</summary>
    public IAsyncEnumerable<string> TagsAsync(string repository, CancellationToken cancellationToken) =>
        NamesAsync($"v2/{repository}/tags/list?n={connection.Options.PageSize}", "tags", repository, cancellationToken);

    /// <summary>The digest that the registry states for a tag or digest, and no body; not found where it is gone.</summary>
    public Task<SourceAnswer> HeadAsync(string repository, string reference, CancellationToken cancellationToken) =>
        ReadAsync(repository, $"v2/{repository}/manifests/{reference}", Manifests, headersOnly: true, cancellationToken);

    /// <summary>A manifest or index; not found where it is gone.</summary>
    /// <exception cref="SourceException">Its bytes are not those of the digest that was asked for or stated.</exception>
    public async Task<SourceAnswer> ManifestAsync(string repository, string reference, CancellationToken cancellationToken)
    {
        SourceAnswer answer = await ReadAsync(repository, $"v2/{repository}/manifests/{reference}", Manifests, headersOnly: false, cancellationToken);
        if (answer.IsFound)
        {
            Check(answer, answer.Header("docker-content-digest"));
            Check(answer, reference);
        }

        return answer;
    }

    /// <summary>
    /// What refers to a manifest: the list of the API, else of the fallback tag where the registry has no such API
    /// ("Referrers Tag Schema"); null where there is neither.
    /// </summary>
    public async Task<SourceAnswer?> ReferrersAsync(string repository, Digest digest, CancellationToken cancellationToken)
    {
        SourceAnswer answer = await ReadAsync(
            repository, $"v2/{repository}/referrers/{digest}", ["application/vnd.oci.image.index.v1+json"], headersOnly: false, cancellationToken);
        if (!answer.IsFound)
        {
            string[] parts = digest.Text.Split(':');
            string tag = $"{parts[0]}-{parts[1][..Math.Min(64, parts[1].Length)]}";
            answer = await ManifestAsync(repository, tag, cancellationToken);
        }

        return answer.IsFound ? answer : null;
    }

    /// <summary>The digest of an answer's bytes, by an algorithm.</summary>
    public static Digest DigestOf(ReadOnlyMemory<byte> body, string algorithm = "sha256") => Digest.Parse($"{algorithm}:{Convert.ToHexStringLower(algorithm switch
    {
        "sha384" => SHA384.HashData(body.Span),
        "sha512" => SHA512.HashData(body.Span),
        _ => SHA256.HashData(body.Span),
    })}");

    /// <summary>An answer as a document: whose it is, what digest it states, and when the registry said so.</summary>
    public FetchedDocument Document(string format, string repository, string reference, SourceAnswer answer)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-location"] = new Uri(connection.Address, $"v2/{repository}/manifests/{reference}").ToString(),

            // Where it is missing, whoever keeps an answer adds when it came (RFC 9110 section 6.6.1).
            ["date"] = answer.Header("date") ?? connection.Clock.GetUtcNow().ToString("r", System.Globalization.CultureInfo.InvariantCulture),
        };
        foreach (string name in (string[])["content-type", "docker-content-digest"])
        {
            if (answer.Header(name) is { } value)
            {
                headers[name] = value;
            }
        }

        return new FetchedDocument(format, answer.Body) { Headers = headers };
    }

    private static void Check(SourceAnswer answer, string? stated)
    {
        if (Digest.TryParse(stated, out Digest digest) && DigestOf(answer.Body, digest.Text[..6]) != digest)
        {
            throw new SourceException(SourceTrouble.Unexpected, "a manifest's bytes are not those of its digest");
        }
    }

    private Task<SourceAnswer> ReadAsync(
        string repository, string path, string[] accept, bool headersOnly, CancellationToken cancellationToken) =>
        _tokens.ReadAsync(
            new SourceRequest(new Uri(connection.Address, path)) { Accept = accept, HeadersOnly = headersOnly }, repository, cancellationToken);

    private async IAsyncEnumerable<string> NamesAsync(
        string path, string member, string scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Uri? page = new(connection.Address, path);
        for (int pages = 0; page is not null; pages++)
        {
            if (pages == PageLimit)
            {
                throw new SourceException(SourceTrouble.Unexpected, "its list has no end");
            }

            SourceAnswer answer = await _tokens.ReadAsync(new SourceRequest(page), scope, cancellationToken);
            if (!answer.IsFound)
            {
                yield break;
            }

            JsonElement json = answer.Json();
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(member, out JsonElement names))
            {
                throw new SourceException(SourceTrouble.Unexpected, $"its list has no {member}");
            }

            // A repository without tags has null.
            foreach (JsonElement name in names.ValueKind == JsonValueKind.Array ? names.EnumerateArray() : default)
            {
                if (name.ValueKind == JsonValueKind.String)
                {
                    yield return name.GetString()!;
                }
            }

            page = answer.NextPage() is { } next ? connection.Http.Own(page, next) : null;
        }
    }
}
