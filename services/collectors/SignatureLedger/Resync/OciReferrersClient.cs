using System.Runtime.CompilerServices;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Collectors.Hosting.Resync.Oci;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// <c>oci-referrers</c>: the signatures that a registry keeps beside its images (distribution-spec "Listing Referrers", with
/// the fallback tag): for every tag the manifests that refer to where it leads. A manifest never changes, so each is fetched
/// once.
/// </summary>
internal sealed class OciReferrersClient(SourceConnection connection) : ISourceClient
{
    public const string Format = "oci-referrers";

    private readonly OciRegistry _registry = new(connection);

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(question.Seen.Keys, StringComparer.Ordinal);
        await foreach (string repository in _registry.RepositoriesAsync(cancellationToken))
        {
            var subjects = new HashSet<Digest>();
            await foreach (string tag in _registry.TagsAsync(repository, cancellationToken))
            {
                SourceAnswer head = await _registry.HeadAsync(repository, tag, cancellationToken);
                if (head.IsFound && Digest.TryParse(head.Header("docker-content-digest"), out Digest digest) && subjects.Add(digest))
                {
                    yield return await SignaturesAsync(repository, digest, seen, cancellationToken);
                }
            }
        }

        yield return new SourcePage { Heard = [connection.InstanceOf(Format) ?? Envelope.Unlogged] };
    }

    private async Task<SourcePage> SignaturesAsync(string repository, Digest subject, HashSet<string> seen, CancellationToken cancellationToken)
    {
        var documents = new List<FetchedDocument>();
        var fetched = new Dictionary<string, string?>(StringComparer.Ordinal);
        SourceAnswer? list = await _registry.ReferrersAsync(repository, subject, cancellationToken);
        foreach (string digest in list is null ? [] : Signatures(list.Json()))
        {
            string target = $"{repository}@{digest}";
            if (!seen.Add(target))
            {
                continue;
            }

            SourceAnswer manifest = await _registry.ManifestAsync(repository, digest, cancellationToken);
            if (manifest.IsFound)
            {
                documents.Add(new FetchedDocument(Format, manifest.Body)
                {
                    Headers = new Dictionary<string, string> { ["content-type"] = manifest.Header("content-type") ?? "application/json" },
                });
                fetched[target] = digest;
            }
        }

        return new SourcePage { Documents = documents, Seen = fetched };
    }

    private static IEnumerable<string> Signatures(JsonElement index)
    {
        if (index.ValueKind != JsonValueKind.Object || !index.TryGetProperty("manifests", out JsonElement manifests) || manifests.ValueKind != JsonValueKind.Array)
        {
            throw new SourceException(SourceTrouble.Unexpected, "its list of referrers is no index");
        }

        foreach (JsonElement descriptor in manifests.EnumerateArray())
        {
            bool isSignature = descriptor.ValueKind == JsonValueKind.Object
                && descriptor.TryGetProperty("artifactType", out JsonElement type) && SignatureManifest.IsSignature(type.ToString());
            if (isSignature && descriptor.TryGetProperty("digest", out JsonElement digest) && Digest.TryParse(digest.ToString(), out Digest known))
            {
                yield return known.Text;
            }
        }
    }
}
