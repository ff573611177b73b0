using System.Net;
using System.Runtime.CompilerServices;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Resync;

/// <summary>
/// <c>kubernetes</c>: the pods of a cluster (Kubernetes API concepts, "Efficient detection of changes"): listed once in pages
/// of one consistent snapshot, then watched from its <c>resourceVersion</c>, with bookmarks, for as long as an interval. The
/// watermark is the version up to which everything is known. A version that is too old (410) is listed anew, and what the
/// complete list no longer has is told as deleted at the list's version, in the words of the watch that missed it.
/// </summary>
internal sealed class KubernetesClient(SourceConnection connection) : ISourceClient
{
    public const string Api = "kubernetes";
    private const string Format = "k8s-pod";
    private static readonly HttpStatusCode[] GoneToo = [HttpStatusCode.Gone];

    private readonly string _cluster = connection.InstanceOf(Format)!;

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? version = question.Watermark;
        bool isKnown = version is not null;
        if (isKnown)
        {
            await foreach (SourcePage page in WatchAsync(version!, cancellationToken))
            {
                isKnown = page.Watermark is not null;
                yield return page;
            }
        }

        if (!isKnown)
        {
            await foreach (SourcePage page in ListAsync(question, cancellationToken))
            {
                yield return page;
            }
        }
    }

    internal static IEnumerable<string> Refusals(ResyncOptions options)
    {
        if (options.Instance is null)
        {
            yield return "Instance must name the cluster, since pods don't; write for example: \"Instance\": \"prod-eu-1\"";
        }

        if (options.Only.Count > 1)
        {
            yield return "Only may name one namespace, since each has a watch of its own; configure a source for each";
        }
    }

    private string Path => connection.Options.Only is [var space] ? $"api/v1/namespaces/{Uri.EscapeDataString(space)}/pods" : "api/v1/pods";

    /// <summary>Pages until the watch ends by itself; the last one without a watermark where the version is too old.</summary>
    private async IAsyncEnumerable<SourcePage> WatchAsync(string version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var address = new Uri(
            connection.Address,
            $"{Path}?watch=1&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}&timeoutSeconds={connection.Options.EverySeconds}");
        var most = TimeSpan.FromSeconds(connection.Options.EverySeconds + connection.Options.TimeoutSeconds);
        await foreach (ReadOnlyMemory<byte> line in connection.Http.ReadLinesAsync(
            new SourceRequest(address) { Answers = GoneToo }, most, cancellationToken))
        {
            WatchEvent change = WatchEvent.Read(line);
            if (change.IsTooOld)
            {
                yield return new SourcePage();
                yield break;
            }

            yield return change.Page(Document(line), _cluster);
            version = change.Version;
        }

        yield return new SourcePage { Watermark = version, Heard = [_cluster] };
    }

    private async IAsyncEnumerable<SourcePage> ListAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        string? version = null;
        string? next = "";
        while (!string.IsNullOrEmpty(next) || version is null)
        {
            var address = new Uri(connection.Address, $"{Path}?limit={connection.Options.PageSize}{(next is { Length: > 0 } ? $"&continue={Uri.EscapeDataString(next)}" : "")}");
            SourceAnswer answer = await connection.Http.ReadAsync(new SourceRequest(address) { Answers = GoneToo }, cancellationToken);
            if (answer.Status == HttpStatusCode.Gone)
            {
                // The snapshot is gone before its end: from the beginning, since the pages would not fit together.
                (next, version) = ("", null);
                listed.Clear();
                continue;
            }

            PodList list = PodList.Read(answer);
            (version, next) = (list.Version, list.Next);
            listed.UnionWith(list.Pods.Select(p => p.Uid));
            bool isNew = list.Pods.Any(p => question.Seen.GetValueOrDefault(p.Uid) != p.Known);
            yield return new SourcePage
            {
                Documents = isNew ? [Document(answer.Body)] : [],
                Seen = list.Pods.ToDictionary(p => p.Uid, p => (string?)p.Known, StringComparer.Ordinal),
                Behind = list.Left,
            };
        }

        foreach ((string uid, string known) in question.Seen.Where(s => !listed.Contains(s.Key)))
        {
            yield return new SourcePage
            {
                Documents = [Document(SeenPod.Deleted(uid, known, version!))], Seen = new Dictionary<string, string?> { [uid] = null },
            };
        }

        yield return new SourcePage { Watermark = version, Heard = [_cluster], Behind = 0, GoesOn = true };
    }

    private static FetchedDocument Document(ReadOnlyMemory<byte> body) =>
        new(Format, body) { Headers = new Dictionary<string, string> { ["content-type"] = "application/json" } };
}
