using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Resync;

/// <summary>
/// <c>servicenow</c>: the Table API ("Table API", ServiceNow documentation), by time of update and then id. Its traps:
/// <list type="bullet">
/// <item>An offset moves when a record changes while it is read, so the pages go by key: what was updated at the last
/// record's second or later, and within a second that holds more than a page, what has a greater id.</item>
/// <item>The limit counts before access rules hide records, so a short or empty page is not the end: it goes on by offset
/// until the offset is past what <c>X-Total-Count</c> counts, or a page links to no next one.</item>
/// <item>A query term that the instance doesn't know is dropped silently, and everything is answered: every record is
/// checked against what was asked for.</item>
/// <item>Times are UTC to the second only with <c>sysparm_display_value=false</c>; records of the last second are read
/// again the next time, since more may follow in it.</item>
/// </list>
/// </summary>
internal sealed class ServiceNowClient(SourceConnection connection) : ISourceClient
{
    public const string Format = "servicenow";
    public const string TimeFormat = "yyyy-MM-dd HH:mm:ss";
    private const string Beginning = "1970-01-01 00:00:00";
    private const int OffsetLimit = 1_000_000;

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] named = [.. question.Targets.Where(IsNumber)];
        foreach (string[] some in named.Chunk(connection.Options.PageSize))
        {
            Answer answer = await ReadAsync($"numberIN{string.Join(',', some)}", 0, cancellationToken);
            yield return new SourcePage { Documents = Documents(answer, []) };
        }

        var seen = new Dictionary<string, string>(question.Seen, StringComparer.Ordinal);
        string least = question.Watermark ?? connection.Options.From ?? Beginning;
        string filter = $"sys_updated_on>={least}";
        bool withinSecond = false;
        int offset = 0;
        while (true)
        {
            Answer answer = await ReadAsync($"{filter}{Custom()}^ORDERBYsys_updated_on^ORDERBYsys_id", offset, cancellationToken);
            Refuse(answer, least);
            if (answer.Records.Count > 0)
            {
                least = Text(answer.Records[^1], "sys_updated_on");
                FetchedDocument[] documents = Documents(answer, seen);
                yield return new SourcePage { Documents = documents, Seen = See(answer, seen, least), Watermark = least };
            }

            offset += connection.Options.PageSize;
            bool more = !answer.IsLast(offset);
            if (more && answer.Records.Count > 0)
            {
                // One second may hold more records than a page.
                withinSecond |= Text(answer.Records[0], "sys_updated_on") == least;
                filter = withinSecond ? $"sys_updated_on={least}^sys_id>{Text(answer.Records[^1], "sys_id")}" : $"sys_updated_on>={least}";
                offset = 0;
            }
            else if (!more && withinSecond)
            {
                (withinSecond, filter, offset) = (false, $"sys_updated_on>{least}", 0);
            }
            else if (!more || offset > OffsetLimit)
            {
                break;
            }
        }

        yield return new SourcePage { Heard = [connection.InstanceOf(Format) ?? Format] };
    }

    internal static IEnumerable<string> Refusals(ResyncOptions options)
    {
        if (options.From is { } from && !IsTime(from))
        {
            yield return "From must be a UTC time; write for example: \"From\": \"2026-01-01 00:00:00\"";
        }

        if (options.Query?.Contains("ORDERBY", StringComparison.OrdinalIgnoreCase) == true
            || options.Query?.Contains("^NQ", StringComparison.Ordinal) == true)
        {
            yield return "Query must have neither an order nor ^NQ: terms of ours follow it; write for example: \"Query\": \"active=true\"";
        }

        if (options.Table.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
        {
            yield return "Table must be a table's name; remove it for change_request";
        }
    }

    private string Custom() => connection.Options.Query is { Length: > 0 } query ? $"^{query}" : "";

    private async Task<Answer> ReadAsync(string query, int offset, CancellationToken cancellationToken)
    {
        int size = connection.Options.PageSize;
        string path = $"api/now/table/{connection.Options.Table}?sysparm_query={Uri.EscapeDataString(query)}"
            + $"&sysparm_display_value=false&sysparm_limit={size}&sysparm_offset={offset}";
        SourceAnswer answer = await connection.Http.ReadAsync(
            new SourceRequest(new Uri(connection.Address, path)) { Answers = [] }, cancellationToken);
        JsonElement json = answer.Json();
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("result", out JsonElement result) || result.ValueKind != JsonValueKind.Array)
        {
            throw new SourceException(SourceTrouble.Unexpected, "its answer has no result list");
        }

        long? total = long.TryParse(answer.Header("x-total-count"), out long counted) ? counted : null;
        return new Answer(answer.Body, [.. result.EnumerateArray()], total, answer.NextPage() is not null);
    }

    private static void Refuse(Answer answer, string least)
    {
        string before = "";
        foreach (JsonElement record in answer.Records)
        {
            string time = Text(record, "sys_updated_on");
            if (!IsTime(time) || Text(record, "sys_id").Length == 0)
            {
                throw new SourceException(SourceTrouble.Unexpected, "a record lacks sys_id, or has sys_updated_on in another format than UTC: does the user read both?");
            }

            if (string.CompareOrdinal(time, least) < 0 || string.CompareOrdinal(time, before) < 0)
            {
                throw new SourceException(SourceTrouble.Unexpected, "it ignores the query: see Query and glide.invalid_query.returns_no_rows");
            }

            before = time;
        }
    }

    // A page is news where one of its records is: the records of the last second come again every time.
    private static FetchedDocument[] Documents(Answer answer, Dictionary<string, string> seen) =>
        answer.Records.Any(r => seen.GetValueOrDefault(Text(r, "sys_id")) != State(r))
            ? [new FetchedDocument(Format, answer.Body) { Headers = new Dictionary<string, string> { ["content-type"] = "application/json" } }]
            : [];

    /// <summary>Remembers the records of the last second, and no others; returns what changed of that.</summary>
    private static Dictionary<string, string?> See(Answer answer, Dictionary<string, string> seen, string lastSecond)
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string id, _) in seen.Where(s => !s.Value.EndsWith(lastSecond, StringComparison.Ordinal)).ToList())
        {
            seen.Remove(id);
            changes[id] = null;
        }

        foreach (JsonElement record in answer.Records.Where(r => Text(r, "sys_updated_on") == lastSecond))
        {
            changes[Text(record, "sys_id")] = seen[Text(record, "sys_id")] = State(record);
        }

        return changes;
    }

    private static string State(JsonElement record) => $"{Text(record, "sys_mod_count")} {Text(record, "sys_updated_on")}";

    private static string Text(JsonElement record, string name) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static bool IsTime(string text) =>
        DateTime.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsNumber(string target) => target.Length is > 0 and <= 40 && target.All(c => char.IsAsciiLetterOrDigit(c));

    private sealed record Answer(ReadOnlyMemory<byte> Body, IReadOnlyList<JsonElement> Records, long? Total, bool HasNext)
    {
        /// <summary>Whether nothing is left at an offset: records that are hidden count too.</summary>
        public bool IsLast(int offset) => Total is { } total ? offset >= total : !HasNext && Records.Count == 0;
    }
}
