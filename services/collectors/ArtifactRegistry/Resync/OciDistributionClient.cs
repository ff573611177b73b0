using System.Runtime.CompilerServices;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Collectors.Hosting.Resync.Oci;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Resync;

/// <summary>
/// <c>oci-distribution</c>: where every tag leads now. A tag whose digest is the one seen last costs a <c>HEAD</c>; another's
/// manifest is fetched and its bytes checked. A tag that is no longer listed is asked for by name, since a list may change
/// while it is read: only the registry's own "unknown" ends it.
/// </summary>
internal sealed class OciDistributionClient(SourceConnection connection) : ISourceClient
{
    public const string Format = "oci-distribution";

    private readonly OciRegistry _registry = new(connection);

    private readonly string _host = RegistryHost.Canonical(connection.InstanceOf(Format)) ?? connection.Address.Authority.ToLowerInvariant();

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var problems = new List<SourceException>();
        string[] hinted = [.. question.Targets.Where(IsHere)];
        foreach (string[] some in hinted.Chunk(connection.Options.PageSize))
        {
            asked.UnionWith(some);
            yield return await LookAsync(some, question, problems, cancellationToken);
        }

        await foreach (string repository in _registry.RepositoriesAsync(cancellationToken))
        {
            var listed = new List<string>();
            await foreach (string tag in _registry.TagsAsync(repository, cancellationToken))
            {
                listed.Add($"{_host}/{repository}:{tag}");
            }

            foreach (string[] some in listed.Where(t => IsHere(t) && asked.Add(t)).Chunk(connection.Options.PageSize))
            {
                yield return await LookAsync(some, question, problems, cancellationToken);
            }
        }

        foreach (string[] some in question.Seen.Keys.Where(t => IsHere(t) && asked.Add(t)).Chunk(connection.Options.PageSize))
        {
            yield return await LookAsync(some, question, problems, cancellationToken);
        }

        if (problems.Count > 0)
        {
            // The others were read all the same.
            throw problems[0];
        }

        yield return new SourcePage { Heard = [_host] };
    }

    private bool IsHere(string target) =>
        ImageReference.TryParse(target, out ImageReference? image, out _, hostRequired: true) && image!.Registry == _host && image.Tag is not null;

    private async Task<SourcePage> LookAsync(
        string[] targets, SourceQuestion question, List<SourceException> problems, CancellationToken cancellationToken)
    {
        (string Target, FetchedDocument? Document, string? Digest)[] found =
            await Task.WhenAll(targets.Select(t => LookAsync(t, question.Seen.GetValueOrDefault(t), problems, cancellationToken)));
        return new SourcePage
        {
            Documents = [.. found.Select(f => f.Document).OfType<FetchedDocument>()],
            Seen = found.Where(f => f.Document is not null).ToDictionary(f => f.Target, f => f.Digest, StringComparer.Ordinal),
        };
    }

    private async Task<(string Target, FetchedDocument? Document, string? Digest)> LookAsync(
        string target, string? seen, List<SourceException> problems, CancellationToken cancellationToken)
    {
        if (!ImageReference.TryParse(target, out ImageReference? image, out _, hostRequired: true) || image is null)
        {
            return (target, null, seen);
        }

        SourceAnswer head = await _registry.HeadAsync(image.Repository, image.Tag!, cancellationToken);
        if (head.IsFound && seen is not null && head.Header("docker-content-digest") == seen)
        {
            return (target, null, seen);
        }

        try
        {
            SourceAnswer answer = await _registry.ManifestAsync(image.Repository, image.Tag!, cancellationToken);
            string? digest = answer.IsFound ? answer.Header("docker-content-digest") ?? OciRegistry.DigestOf(answer.Body).Text : null;
            return seen == digest && digest is not null || answer.Body.IsEmpty
                ? (target, null, seen)
                : (target, _registry.Document(Format, image.Repository, image.Tag!, answer), digest);
        }
        catch (SourceException e) when (e.Trouble is SourceTrouble.Unexpected or SourceTrouble.TooLarge)
        {
            lock (problems)
            {
                problems.Add(e);
            }

            return (target, null, seen);
        }
    }
}
