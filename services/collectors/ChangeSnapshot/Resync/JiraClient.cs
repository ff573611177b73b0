using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Resync;

/// <summary>
/// <c>jira</c>: the search of the REST API (version 2; Jira Cloud "Issue search", Jira Server "search"), by time of update.
/// JQL knows minutes, in the zone of the user, which nothing tells: a question begins as much earlier as a zone can be off,
/// and what was seen already is not kept again. Cloud (<c>jira-cloud</c>) pages by <c>nextPageToken</c>, and the page without
/// one is the last. Server pages by number: an issue that is
/// updated meanwhile goes to the end and pulls the others forward, so each page begins with the last issue of the one before,
/// and where it has none of that page's issues, reading steps back.
/// </summary>
internal sealed class JiraClient(SourceConnection connection) : ISourceClient
{
    public const string Format = "jira";
    public const string CloudApi = "jira-cloud";

    private const int PageLimit = 10_000;

    private static readonly TimeSpan WestmostZone = TimeSpan.FromHours(12);
    private static readonly TimeSpan EastmostZone = TimeSpan.FromHours(14);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Memory = WestmostZone + EastmostZone + (5 * Minute);

    private readonly bool _cloud = connection.Options.Api == CloudApi;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.fffzz00", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] named = [.. question.Targets.Where(IsKey)];
        foreach (string[] some in named.Chunk(connection.Options.PageSize))
        {
            yield return new SourcePage { Documents = Documents(await ReadAsync($"key in ({string.Join(',', some)})", 0, null, cancellationToken), []) };
        }

        var seen = new Dictionary<string, string>(question.Seen, StringComparer.Ordinal);
        DateTimeOffset latest = Instant(question.Watermark) ?? Instant(connection.Options.From) ?? DateTimeOffset.UnixEpoch;
        DateTimeOffset from = latest - DateTimeOffset.UnixEpoch > WestmostZone + Minute ? latest - WestmostZone - Minute : DateTimeOffset.UnixEpoch;
        string custom = connection.Options.Query is { Length: > 0 } query ? $"({query}) and " : "";
        string jql = $"{custom}updated >= \"{from.UtcDateTime.ToString("yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture)}\" order by updated asc, key asc";
        HashSet<string> before = [];
        string? token = null;
        int start = 0;
        for (int pages = 0; pages < PageLimit; pages++)
        {
            Answer answer = await ReadAsync(jql, start, token, cancellationToken);
            if (answer.Issues.Any(i => i.Updated < from - EastmostZone - Minute))
            {
                throw new SourceException(SourceTrouble.Unexpected, "it ignores the query: see Query");
            }

            if (!_cloud && start > 0 && !answer.Issues.Any(i => before.Contains(i.Id)))
            {
                start = Math.Max(0, start - connection.Options.PageSize);
                before = start == 0 ? [] : before;
                continue;
            }

            latest = answer.Issues.Select(i => i.Updated).Append(latest).Max();
            FetchedDocument[] documents = Documents(answer, seen);
            yield return new SourcePage { Documents = documents, Seen = See(answer, seen, latest - Memory), Watermark = Text(latest) };
            if (_cloud ? answer.Token is null : answer.IsLast(start + answer.Issues.Count))
            {
                break;
            }

            before = [.. answer.Issues.Select(i => i.Id)];
            start += Math.Max(1, answer.Issues.Count - 1);
            token = answer.Token;
        }

        yield return new SourcePage { Heard = [connection.InstanceOf(Format) ?? connection.Address.Host] };
    }

    internal static IEnumerable<string> Refusals(ResyncOptions options)
    {
        if (options.From is not null && Instant(options.From) is null)
        {
            yield return "From must be a UTC time; write for example: \"From\": \"2026-01-01 00:00:00\"";
        }

        if (options.Api == Format && ResyncAddress(options)?.Host.EndsWith(".atlassian.net", StringComparison.OrdinalIgnoreCase) == true)
        {
            yield return $"Address is one of Jira Cloud; write \"Api\": \"{CloudApi}\"";
        }

        if (options.PageSize < 2)
        {
            yield return "PageSize must be at least 2: pages overlap by an issue";
        }

        if (options.Query?.Contains("order by", StringComparison.OrdinalIgnoreCase) == true)
        {
            yield return "Query must have no order; write for example: \"Query\": \"project = REL\"";
        }
    }

    private static FetchedDocument[] Documents(Answer answer, Dictionary<string, string> seen) =>
        answer.Issues.Any(i => seen.GetValueOrDefault(i.Id) != Text(i.Updated))
            ? [new FetchedDocument(Format, answer.Body) { Headers = new Dictionary<string, string> { ["content-type"] = "application/json" } }]
            : [];

    /// <summary>Remembers what may come again, and nothing older; returns what changed of that.</summary>
    private static Dictionary<string, string?> See(Answer answer, Dictionary<string, string> seen, DateTimeOffset forgetBefore)
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string id, _) in seen.Where(s => Instant(s.Value) < forgetBefore).ToList())
        {
            seen.Remove(id);
            changes[id] = null;
        }

        foreach (Issue issue in answer.Issues.Where(i => i.Updated >= forgetBefore))
        {
            changes[issue.Id] = seen[issue.Id] = Text(issue.Updated);
        }

        return changes;
    }

    private async Task<Answer> ReadAsync(string jql, int start, string? token, CancellationToken cancellationToken)
    {
        string page = token is not null ? $"&nextPageToken={Uri.EscapeDataString(token)}" : _cloud ? "" : $"&startAt={start}";
        string path = $"rest/api/2/search{(_cloud ? "/jql" : "")}?jql={Uri.EscapeDataString(jql)}&fields=*navigable,-lastViewed"
            + $"&maxResults={connection.Options.PageSize}{page}";
        SourceAnswer answer = await connection.Http.ReadAsync(
            new SourceRequest(new Uri(connection.Address, path)) { Answers = [] }, cancellationToken);
        JsonElement json = answer.Json();
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("issues", out JsonElement issues) || issues.ValueKind != JsonValueKind.Array)
        {
            throw new SourceException(SourceTrouble.Unexpected, "its answer has no list of issues");
        }

        return new Answer(
            answer.Body,
            [.. issues.EnumerateArray().Select(Read)],
            json.TryGetProperty("total", out JsonElement total) && total.TryGetInt64(out long all) ? all : null,
            json.TryGetProperty("nextPageToken", out JsonElement next) ? next.GetString() : null);
    }

    private static Issue Read(JsonElement issue) =>
        issue.ValueKind == JsonValueKind.Object && issue.TryGetProperty("id", out JsonElement id)
        && issue.TryGetProperty("fields", out JsonElement fields) && fields.ValueKind == JsonValueKind.Object
        && fields.TryGetProperty("updated", out JsonElement updated) && Instant(updated.ToString()) is { } time
            ? new Issue(id.ToString(), time)
            : throw new SourceException(SourceTrouble.Unexpected, "an issue lacks id or updated: does the user read both?");

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParseExact(
            text, [.. TimeFormats, ServiceNowClient.TimeFormat], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUniversalTime()
            : null;

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static Uri? ResyncAddress(ResyncOptions options) => Uri.TryCreate(options.Address, UriKind.Absolute, out Uri? address) ? address : null;

    private static bool IsKey(string target) =>
        target.Length is > 2 and <= 100 && target.Contains('-', StringComparison.Ordinal) && target.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private sealed record Issue(string Id, DateTimeOffset Updated);

    private sealed record Answer(ReadOnlyMemory<byte> Body, IReadOnlyList<Issue> Issues, long? Total, string? Token)
    {
        /// <summary>Whether nothing follows: an empty page ends a list that says no total.</summary>
        public bool IsLast(int start) => Issues.Count == 0 || (Total is { } total && start >= total);
    }
}
