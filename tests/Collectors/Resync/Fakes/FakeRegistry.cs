using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>
/// The OCI distribution API as distribution-spec has it: catalogue and tags in pages with <c>Link</c>, manifests, referrers
/// (or not: then the fallback tag), tokens for scopes.
/// </summary>
internal sealed class FakeRegistry
{
    public const string User = "reader";
    public const string Secret = "a-secret-of-the-registry";

    private readonly ConcurrentDictionary<string, byte[]> _manifests = new(StringComparer.Ordinal);

    /// <summary>Whether tokens are asked for.</summary>
    public bool Guarded { get; set; }

    /// <summary>Where tokens are to be had, if not here; any answer's text in its place.</summary>
    public string? Realm { get; set; }

    /// <summary>Tokens of an earlier one have run out.</summary>
    public int TokenEpoch { get; set; }

    public bool HasReferrers { get; set; } = true;

    /// <summary>Bytes that are sent instead of a manifest's.</summary>
    public byte[]? Corrupt { get; set; }

    public static byte[] Manifest(int i, string? subject = null, string config = "application/vnd.oci.image.config.v1+json") => Encoding.UTF8.GetBytes(
        $$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"{{(subject is null ? "" : ",\"artifactType\":\"application/vnd.dev.cosign.artifact.sig.v1+json\",\"subject\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"" + subject + "\",\"size\":10}")}},
        "config":{"mediaType":"{{config}}","digest":"{{DigestOf(BitConverter.GetBytes(i))}}","size":4},
        "layers":[{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","digest":"{{DigestOf(BitConverter.GetBytes(i + 100000))}}","size":4,
        "annotations":{"dev.cosignproject.cosign/signature":"MEQCIA=="} }]}
        """);

    public static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    /// <summary>Puts a manifest; it can be read by its tag, if it has one, and by its digest.</summary>
    public string Push(string repository, string? tag, byte[] manifest)
    {
        string digest = DigestOf(manifest);
        _manifests[$"{repository}@{digest}"] = manifest;
        if (tag is not null)
        {
            _manifests[$"{repository}:{tag}"] = manifest;
        }

        return digest;
    }

    public void Untag(string repository, string tag) => _manifests.TryRemove($"{repository}:{tag}", out _);

    public async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (path == "/token")
        {
            await TokenAsync(context);
            return;
        }

        string scope = path == "/v2/_catalog" ? "registry:catalog:*" : $"repository:{RepositoryOf(path)}:pull";
        if (Guarded && context.Request.Headers.Authorization != $"Bearer token-{TokenEpoch}-for-{scope}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"{Realm ?? $"http://{context.Request.Host}/token"}\",service=\"fake\",scope=\"{scope}\"";
            return;
        }

        if (path == "/v2/_catalog")
        {
            await ListAsync(context, "repositories", null, [.. _manifests.Keys.Select(k => k.Split(':', '@')[0]).Distinct()]);
        }
        else if (path.EndsWith("/tags/list", StringComparison.Ordinal))
        {
            string repository = RepositoryOf(path);
            await ListAsync(context, "tags", repository, [.. _manifests.Keys
                .Where(k => k.StartsWith($"{repository}:", StringComparison.Ordinal)).Select(k => k[(repository.Length + 1)..])]);
        }
        else if (path.Contains("/referrers/", StringComparison.Ordinal))
        {
            await ReferrersAsync(context, RepositoryOf(path), path.Split('/')[^1]);
        }
        else
        {
            await ManifestAsync(context, RepositoryOf(path), path.Split('/')[^1]);
        }
    }

    private static string RepositoryOf(string path)
    {
        string[] parts = path.Split('/');
        return string.Join('/', parts[2..^2]);
    }

    private async Task TokenAsync(HttpContext context)
    {
        bool known = AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out AuthenticationHeaderValue? shown)
            && shown.Scheme == "Basic" && Encoding.UTF8.GetString(Convert.FromBase64String(shown.Parameter!)) == $"{User}:{Secret}";
        if (!known)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        await context.Response.WriteAsync($$"""{"token":"token-{{TokenEpoch}}-for-{{context.Request.Query["scope"]}}","expires_in":60}""");
    }

    private static async Task ListAsync(HttpContext context, string member, string? name, string[] all)
    {
        int size = int.Parse(context.Request.Query["n"].FirstOrDefault() ?? "100", System.Globalization.CultureInfo.InvariantCulture);
        string last = context.Request.Query["last"].FirstOrDefault() ?? "";
        string[] left = [.. all.Order(StringComparer.Ordinal).Where(t => string.CompareOrdinal(t, last) > 0)];
        string[] page = [.. left.Take(size)];
        if (left.Length > size)
        {
            context.Response.Headers.Link = $"<{context.Request.Path}?n={size}&last={page[^1]}>; rel=\"next\"";
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, object?> { ["name"] = name, [member] = page }));
    }

    private async Task ReferrersAsync(HttpContext context, string repository, string digest)
    {
        if (!HasReferrers)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        byte[][] signatures = [.. _manifests.Where(m => m.Key.StartsWith($"{repository}@", StringComparison.Ordinal)
            && Encoding.UTF8.GetString(m.Value).Contains($"\"digest\":\"{digest}\"", StringComparison.Ordinal)
            && Encoding.UTF8.GetString(m.Value).Contains("\"subject\"", StringComparison.Ordinal)).Select(m => m.Value)];
        context.Response.ContentType = "application/vnd.oci.image.index.v1+json";
        await context.Response.Body.WriteAsync(Index(signatures));
    }

    public static byte[] Index(params byte[][] manifests) => Encoding.UTF8.GetBytes(
        $$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{string.Join(',', manifests.Select(m =>
            $$"""{"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.dev.cosign.artifact.sig.v1+json","digest":"{{DigestOf(m)}}","size":{{m.Length}}}"""))}}]}
        """);

    private async Task ManifestAsync(HttpContext context, string repository, string reference)
    {
        string key = reference.Contains(':', StringComparison.Ordinal) ? $"{repository}@{reference}" : $"{repository}:{reference}";
        if (!_manifests.TryGetValue(key, out byte[]? manifest))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "application/json";
            if (context.Request.Method != "HEAD")
            {
                await context.Response.WriteAsync("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}""");
            }

            return;
        }

        context.Response.ContentType = Encoding.UTF8.GetString(manifest).Contains("\"manifests\"", StringComparison.Ordinal)
            ? "application/vnd.oci.image.index.v1+json"
            : "application/vnd.oci.image.manifest.v1+json";
        context.Response.Headers["Docker-Content-Digest"] = DigestOf(manifest);
        context.Response.ContentLength = (Corrupt ?? manifest).Length;
        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(Corrupt ?? manifest);
        }
    }
}
