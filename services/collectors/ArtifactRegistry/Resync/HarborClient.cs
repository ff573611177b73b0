using System.Runtime.CompilerServices;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Resync;

/// <summary>
/// <c>harbor</c>: the artifact lists of Harbor's API (v2.0), which know push times that the OCI API doesn't. A page is kept
/// where it has a tag that leads elsewhere than seen last: pull times change all the time, and say nothing here. Pages are
/// numbered, so what is deleted meanwhile moves records over their borders: a list whose count changed while it was read is
/// read again. Deletions are the business of <c>oci-distribution</c>, which Harbor speaks too.
/// </summary>
internal sealed class HarborClient(SourceConnection connection) : ISourceClient
{
    public const string Format = "harbor";
    private const int Readings = 3;
    private const int LargestPage = 100;

    private readonly string _host = RegistryHost.Canonical(connection.InstanceOf(Format)) ?? connection.Address.Authority.ToLowerInvariant();

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] repositories = connection.Options.Only.Count > 0
            ? [.. connection.Options.Only]
            : [.. (await ListAsync("api/v2.0/repositories?", cancellationToken)).SelectMany(p => p.Items).Select(r => Text(r, "name")).Distinct(StringComparer.Ordinal)];
        foreach (string repository in repositories)
        {
            string project = repository.Split('/')[0];

            // Names with slashes are encoded twice.
            string name = Uri.EscapeDataString(Uri.EscapeDataString(repository[(project.Length + 1)..]));
            string path = $"api/v2.0/projects/{project}/repositories/{name}/artifacts?with_tag=true&";
            foreach (ListPage page in await ListAsync(path, cancellationToken))
            {
                yield return Page(repository, page, question);
            }
        }

        yield return new SourcePage { Heard = [_host] };
    }

    private SourcePage Page(string repository, ListPage page, SourceQuestion question)
    {
        Dictionary<string, string?> tags = new(StringComparer.Ordinal);
        foreach (JsonElement artifact in page.Items)
        {
            foreach (JsonElement tag in Members(artifact, "tags"))
            {
                tags[$"{_host}/{repository}:{Text(tag, "name")}"] = $"{Text(artifact, "digest")} {Text(tag, "push_time")}";
            }
        }

        bool isNew = tags.Any(t => question.Seen.GetValueOrDefault(t.Key) != t.Value);
        return isNew
            ? new SourcePage
            {
                Seen = tags,
                Documents =
                [
                    new FetchedDocument(Format, page.Body)
                    {
                        Headers = new Dictionary<string, string> { ["content-type"] = "application/json", ["content-location"] = page.Address.ToString() },
                    },
                ],
            }
            : new SourcePage();
    }

    private async Task<List<ListPage>> ListAsync(string path, CancellationToken cancellationToken)
    {
        int size = Math.Min(connection.Options.PageSize, LargestPage);
        for (int reading = 0; reading < Readings; reading++)
        {
            var pages = new List<ListPage>();
            var totals = new HashSet<long>();
            for (int number = 1; ; number++)
            {
                var address = new Uri(connection.Address, $"{path}sort=-creation_time&page={number}&page_size={size}");
                SourceAnswer answer = await connection.Http.ReadAsync(new SourceRequest(address), cancellationToken);
                JsonElement json = answer.IsFound ? answer.Json() : default;
                JsonElement[] items = json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [];
                bool counts = long.TryParse(answer.Header("x-total-count"), out long total);
                if (counts)
                {
                    totals.Add(total);
                }

                if (items.Length > 0)
                {
                    pages.Add(new ListPage(address, answer.Body, items));
                }

                if (items.Length == 0 || (counts && (long)number * size >= total))
                {
                    break;
                }
            }

            // With the newest first, what comes meanwhile repeats a record; only what goes lets one be passed over.
            if (totals.Count < 2)
            {
                return pages;
            }
        }

        throw new SourceException(SourceTrouble.Unexpected, "its list changed whenever it was read");
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static JsonElement.ArrayEnumerator Members(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : default;

    private sealed record ListPage(Uri Address, ReadOnlyMemory<byte> Body, JsonElement[] Items);
}
