using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>
/// ServiceNow's Table API with its traps: the limit counts before access rules hide records, unknown query terms are
/// dropped silently, all values are text, times are UTC to the second.
/// </summary>
internal sealed partial class FakeServiceNow : FakeApi
{
    private readonly List<Row> _rows = [];

    public override Source Source => Source.ChangeSnapshot;

    public override string Api => "servicenow";

    /// <summary>Runs after an answer was made.</summary>
    public Action? Between { get; set; }

    public override void Add(int i) => Put(i, mod: 0, second: 1000 + i);

    public void Put(int i, int mod, int second, bool hidden = false)
    {
        lock (Lock)
        {
            _rows.RemoveAll(r => r.Number == i);
            _rows.Add(new Row(i, mod, second, hidden));
        }
    }

    public override async Task AnswerAsync(HttpContext context)
    {
        int limit = Int(context, "sysparm_limit", 10000);
        int offset = Int(context, "sysparm_offset");
        Row[] matches;
        lock (Lock)
        {
            string[] terms = context.Request.Query["sysparm_query"].ToString().Split('^');
            matches = [.. _rows.Where(r => Array.TrueForAll(terms, t => Holds(r, t))).OrderBy(r => r.Second).ThenBy(r => r.Id, StringComparer.Ordinal)];
        }

        context.Response.Headers["X-Total-Count"] = $"{matches.Length}";
        await WriteAsync(context, new { result = matches.Skip(offset).Take(limit).Where(r => !r.Hidden).Select(r => r.Record) });
        Between?.Invoke();
    }

    private static bool Holds(Row row, string term)
    {
        Match match = Term().Match(term);
        if (term.StartsWith("numberIN", StringComparison.Ordinal))
        {
            return term[8..].Split(',').Contains($"CHG{row.Number:D7}");
        }

        if (!match.Success)
        {
            return true;
        }

        string value = match.Groups["name"].Value == "sys_id" ? row.Id : row.Updated;
        int order = string.CompareOrdinal(value, match.Groups["value"].Value);
        return match.Groups["op"].Value switch
        {
            ">=" => order >= 0,
            ">" => order > 0,
            _ => order == 0,
        };
    }

    [GeneratedRegex("^(?<name>sys_updated_on|sys_id)(?<op>>=|>|=)(?<value>.*)$")]
    private static partial Regex Term();

    private sealed record Row(int Number, int Mod, int Second, bool Hidden)
    {
        public string Id => FakeRegistry.DigestOf(BitConverter.GetBytes(Number))[7..39];

        public string Updated => new DateTime(2026, 3, 22, 10, 0, 0, DateTimeKind.Utc).AddSeconds(Second)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

        public object Record => new
        {
            sys_id = Id,
            number = $"CHG{Number:D7}",
            sys_mod_count = $"{Mod}",
            sys_updated_on = Updated,
            state = "-1",
            approval = "approved",
            u_artifact_image = $"registry.example/team/app:v{Number}",
            u_artifact_digest = FakeRegistry.DigestOf(BitConverter.GetBytes(Number)),
        };
    }
}

/// <summary>
/// Jira's search: times of a query in the user's zone and to the minute, updated issues at the end. Server has numbered pages
/// with a total; Cloud has neither, but a token on every page but the last, and its former search is gone.
/// </summary>
internal sealed partial class FakeJira(bool cloud = false) : FakeApi
{
    private static readonly TimeSpan Zone = TimeSpan.FromHours(-7);

    private readonly Dictionary<int, DateTimeOffset> _issues = [];

    public override Source Source => Source.ChangeSnapshot;

    public override string Api => cloud ? "jira-cloud" : "jira";

    public Action? Between { get; set; }

    public override IReadOnlyList<(string Name, string Value)> Settings(string folder)
    {
        string mapping = Path.Combine(folder, "jira.yaml");
        File.WriteAllText(mapping, "format: jira\nversion: 1\nimage: fields.customfield_1\ndigest: fields.customfield_2\n");
        return [("Collector:Mappings:0", mapping), ("Instance", "jira.example")];
    }

    public override void Add(int i) => Put(i, new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero).AddMinutes(i));

    public void Put(int i, DateTimeOffset updated)
    {
        lock (Lock)
        {
            _issues[i] = updated;
        }
    }

    public override async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.Value!.EndsWith("/search/jql", StringComparison.Ordinal) != cloud)
        {
            context.Response.StatusCode = cloud ? StatusCodes.Status410Gone : StatusCodes.Status404NotFound;
            return;
        }

        string jql = context.Request.Query["jql"].ToString();
        Match since = Since().Match(jql);
        DateTimeOffset from = since.Success
            ? new DateTimeOffset(DateTime.ParseExact(since.Groups["time"].Value, "yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture), Zone)
            : DateTimeOffset.MinValue;
        int start = cloud ? int.Parse($"0{context.Request.Query["nextPageToken"]}".Replace("page-", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) : Int(context, "startAt");
        int size = Int(context, "maxResults", 50);
        KeyValuePair<int, DateTimeOffset>[] found;
        lock (Lock)
        {
            found = [.. _issues.Where(i => i.Value >= from && (since.Success || jql.Contains($"REL-{i.Key}", StringComparison.Ordinal)))
                .OrderBy(i => i.Value).ThenBy(i => i.Key)];
        }

        var issues = found.Skip(start).Take(size).Select(i => new
        {
            id = $"{i.Key + 10000}",
            key = $"REL-{i.Key}",
            self = $"https://jira.example/rest/api/2/issue/{i.Key + 10000}",
            fields = new
            {
                updated = i.Value.ToOffset(Zone).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture) + "-0700",
                status = new { name = "Approved" },
                customfield_1 = $"registry.example/team/app:v{i.Key}",
                customfield_2 = FakeRegistry.DigestOf(BitConverter.GetBytes(i.Key)),
            },
        });
        await WriteAsync(
            context,
            !cloud ? new { startAt = start, maxResults = size, total = found.Length, issues }
            : start + size < found.Length ? new { issues, isLast = false, nextPageToken = $"page-{start + size}" }
            : (object)new { issues, isLast = true });
        Between?.Invoke();
    }

    [GeneratedRegex("updated >= \"(?<time>[^\"]+)\"")]
    private static partial Regex Since();
}
