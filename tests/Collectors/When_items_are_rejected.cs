using System.CommandLine;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Collectors.Hosting.Operating.Commands;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>What operators do about items that could not be used, over the real endpoints and commands.</summary>
public sealed class When_items_are_rejected : WithFolder
{
    private const string Secret = "an-operators-secret-of-32-letters";

    private readonly RecordingPublisher _transport = new();

    [Fact]
    public async Task They_are_listed_by_reason_and_shown_with_what_was_received()
    {
        await using CollectorHost host = await StartAsync();
        await host.AcceptAsync("""["observed","rejected"]""");
        await host.AcceptAsync("not json");
        await host.QuietAsync();

        JsonElement first = await host.GetAsync("quarantine?limit=1");
        JsonElement second = await host.GetAsync($"quarantine?limit=1&after={first.GetProperty("next").GetString()}");
        JsonElement reasons = await host.GetAsync("quarantine/reasons");
        JsonElement shown = await host.GetAsync("quarantine/1.1");

        Assert.Equal(("1.1", "no good", "/1"), Summary(first.GetProperty("items")[0]));
        Assert.StartsWith("not JSON: line 1", second.GetProperty("items")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.False(second.TryGetProperty("next", out _));
        Assert.Equal(2, reasons.GetArrayLength());
        Assert.Equal("""["observed","rejected"]""", shown.GetProperty("body").GetString());
        Assert.Equal("application/json", shown.GetProperty("headers").GetProperty("content-type").GetString());
        using HttpResponseMessage unknown = await host.Client.GetAsync(new Uri("quarantine/1.0", UriKind.Relative), CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("""{"item":"1.1"}""", 1, 1)]
    [InlineData("""{"reason":"no good"}""", 2, 2)]
    [InlineData("""{"all":true}""", 3, 3)]
    public async Task They_are_read_again_after_a_fix_one_or_by_reason_or_all(string choice, int contents, int observed)
    {
        var mapping = new FakeNormalizer();
        await using CollectorHost host = await StartAsync(mapping);
        await KeepThreeAsync(host);
        mapping.Fixed = true;

        Assert.Equal(contents, await AffectedAsync(host, "quarantine/renormalise", choice));

        JsonElement outcomes = (await host.QuietAsync(published: true)).GetProperty("byOutcome");
        Assert.Equal((1 + observed, 3 - observed), (outcomes.GetProperty("observed").GetInt32(), outcomes.GetProperty("rejected").GetInt32()));
    }

    [Fact]
    public async Task A_dropped_item_stays_rejected_and_on_record_and_is_read_again_by_its_own_id_alone()
    {
        await KeepThreeAsync();
        await using (CollectorHost host = await StartAsync())
        {
            Assert.Equal(1, await AffectedAsync(host, "quarantine/drop", """{"item":"1.1","why":"a test system's"}"""));
            Assert.Equal(0, await AffectedAsync(host, "quarantine/drop", """{"item":"1.1","why":"again"}"""));
            JsonElement counts = await host.QuietAsync();
            Assert.Equal((3, 1), (counts.GetProperty("byOutcome").GetProperty("rejected").GetInt32(), counts.GetProperty("dropped").GetInt32()));
            Assert.Equal(counts.GetProperty("items").GetInt64(), counts.GetProperty("byOutcome").EnumerateObject().Sum(o => o.Value.GetInt64()));
            Assert.DoesNotContain((await host.GetAsync("quarantine")).GetProperty("items").EnumerateArray(), i => i.GetProperty("item").GetString() == "1.1");
            JsonElement dropped = (await host.GetAsync("quarantine?dropped=true")).GetProperty("items")[0];
            Assert.Equal(("1.1", "a test system's"), (dropped.GetProperty("item").GetString(), dropped.GetProperty("dropped").GetString()));
        }

        // A new mapping version reads again what waits, at start.
        await using CollectorHost next = await StartAsync(new FakeNormalizer(version: 2) { Fixed = true });
        JsonElement left = await next.QuietAsync(published: true);
        Assert.Equal(1, left.GetProperty("byOutcome").GetProperty("rejected").GetInt32());
        Assert.Equal(0, await AffectedAsync(next, "quarantine/renormalise", """{"all":true}"""));
        Assert.Equal(1, await AffectedAsync(next, "quarantine/renormalise", """{"item":"1.1"}"""));
        left = await next.QuietAsync(published: true);
        Assert.Equal((0, 0), (left.GetProperty("byOutcome").GetProperty("rejected").GetInt32(), left.GetProperty("dropped").GetInt32()));
    }

    [Theory]
    [InlineData("quarantine/renormalise", "{}")]
    [InlineData("quarantine/renormalise", """{"all":true,"item":"1.1"}""")]
    [InlineData("quarantine/renormalise", """{"item":"one"}""")]
    [InlineData("quarantine/renormalise", """{"reasons":"no good"}""")]
    [InlineData("quarantine/drop", """{"all":true}""")]
    [InlineData("replay", """{"from":"2026-04-01T00:00:00Z","to":"2026-03-01T00:00:00Z"}""")]
    [InlineData("replay", "replay")]
    public async Task A_request_that_names_nothing_definite_does_nothing(string path, string request)
    {
        await KeepThreeAsync();
        await using CollectorHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(request), CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, (await host.GetAsync("counts")).GetProperty("waiting").GetInt32());
    }

    [Fact]
    public async Task A_replay_shows_what_would_change_and_does_it_only_when_told_to()
    {
        await KeepThreeAsync();
        var mapping = new FakeNormalizer(version: 2);
        await using CollectorHost host = await StartAsync(mapping);
        await host.QuietAsync(published: true);
        mapping.Fixed = true;
        mapping.MappingVersion = 3;
        const string Window = "\"from\":\"2000-01-01T00:00:00Z\",\"to\":\"2100-01-01T00:00:00Z\"";

        JsonElement shown = await PostAsync(host, "replay", $"{{{Window}}}");
        JsonElement none = await PostAsync(host, "replay", """{"from":"2000-01-01T00:00:00Z","to":"2001-01-01T00:00:00Z"}""");

        Assert.Equal((4, 3, 0), (shown.GetProperty("contents").GetInt32(), shown.GetProperty("changed").GetInt32(), none.GetProperty("contents").GetInt32()));
        Assert.Equal(0, shown.GetProperty("less").GetInt32());
        Assert.Equal("""{"rejected → observed":3}""", System.Text.RegularExpressions.Regex.Unescape(shown.GetProperty("changes").GetRawText()));
        Assert.Equal("registry.example/app:1", shown.GetProperty("items")[0].GetProperty("says").GetProperty("record").GetProperty("id").GetString());
        Assert.Equal(3, (await host.QuietAsync()).GetProperty("byOutcome").GetProperty("rejected").GetInt32());

        Assert.True((await PostAsync(host, "replay", $"{{{Window},\"apply\":true}}")).GetProperty("applied").GetBoolean());
        Assert.Equal(0, (await host.QuietAsync(published: true)).GetProperty("byOutcome").GetProperty("rejected").GetInt32());
        Assert.Equal(0, (await PostAsync(host, "replay", $"{{{Window}}}")).GetProperty("changed").GetInt32());
    }

    [Fact]
    public async Task A_replay_says_where_the_current_mapping_reads_less()
    {
        var mapping = new FakeNormalizer { Fixed = true };
        await using CollectorHost host = await StartAsync(mapping);
        await KeepThreeAsync(host);
        mapping.Fixed = false;
        mapping.MappingVersion = 2;

        JsonElement shown = await PostAsync(host, "replay", """{"from":"2000-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}""");

        Assert.Equal((3, 3), (shown.GetProperty("changed").GetInt32(), shown.GetProperty("less").GetInt32()));
        Assert.Contains(shown.GetProperty("items").EnumerateArray(), i => i.GetProperty("reason").GetString() == "no good" && !i.TryGetProperty("says", out _));
    }

    [Fact]
    public async Task A_senders_secret_opens_nothing_of_it()
    {
        await using CollectorHost host = await StartAsync(configure: o =>
        {
            o.Credential = new CredentialOptions();
            o.Credential.Secrets.Add("a-senders-secret-of-32-characters");
            o.OperatorCredential = new CredentialOptions();
            o.OperatorCredential.Secrets.Add(Secret);
        });
        foreach ((HttpMethod method, string path) in (IEnumerable<(HttpMethod, string)>)
            [(HttpMethod.Get, "quarantine"), (HttpMethod.Get, "quarantine/reasons"), (HttpMethod.Get, "quarantine/1.0"), (HttpMethod.Post, "quarantine/renormalise"), (HttpMethod.Post, "quarantine/drop"), (HttpMethod.Post, "replay")])
        {
            using var request = new HttpRequestMessage(method, path) { Headers = { { "Authorization", "Bearer a-senders-secret-of-32-characters" } } };
            using HttpResponseMessage answer = await host.Client.SendAsync(request, CollectorHost.Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_commands_ask_the_endpoints()
    {
        await KeepThreeAsync();
        await using CollectorHost host = await StartAsync(configure: o =>
        {
            o.OperatorCredential = new CredentialOptions();
            o.OperatorCredential.Secrets.Add(Secret);
        });
        string file = Path.Combine(Folder, "operator.secret");
        await File.WriteAllTextAsync(file, Secret + "\n", CollectorHost.Ct);
        string[] common = ["--url", host.Client.BaseAddress!.ToString(), "--secret-file", file];

        (int listed, string list) = await RunAsync(["quarantine", "list", "--reason", "no good", .. common]);
        (int shown, string raw) = await RunAsync(["quarantine", "show", "1.1", .. common]);
        (int dropped, string drop) = await RunAsync(["quarantine", "drop", "1.1", "--why", "test", .. common]);
        (int again, string renormalised) = await RunAsync(["quarantine", "renormalise", "--all", .. common]);
        (int replayed, string replay) = await RunAsync(["replay", "--from", "2000-01-01", "--to", "2100-01-01", .. common]);
        (int refused, _) = await RunAsync(["quarantine", "renormalise", .. common]);
        (int unknown, _) = await RunAsync(["quarantine", "list", "--url", host.Client.BaseAddress!.ToString()]);

        Assert.True(listed == 0, list);
        Assert.Equal([0, 0, 0, 0, 0, 2, 1], (int[])[listed, shown, dropped, again, replayed, refused, unknown]);
        Assert.Contains("\"item\": \"1.1\"", list, StringComparison.Ordinal);
        Assert.Contains("observed", raw, StringComparison.Ordinal);
        Assert.Contains("\"affected\": 1", drop, StringComparison.Ordinal);
        Assert.Contains("\"affected\": 2", renormalised, StringComparison.Ordinal);
        Assert.Contains("\"applied\": false", replay, StringComparison.Ordinal);
    }

    private static (string?, string?, string?) Summary(JsonElement item) =>
        (item.GetProperty("item").GetString(), item.GetProperty("reason").GetString(), item.GetProperty("pointer").GetString());

    private static async Task<(int Exit, string Output)> RunAsync(string[] arguments)
    {
        var root = new RootCommand();
        foreach (Command command in new OperatingCommands("http://127.0.0.1:1", severalSources: false).Create())
        {
            root.Add(command);
        }

        var output = new StringWriter();
        int exit = await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, CollectorHost.Ct);
        return (exit, output.ToString());
    }

    private static async Task<JsonElement> PostAsync(CollectorHost host, string path, string request)
    {
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(request), CollectorHost.Ct);
        string text = await answer.Content.ReadAsStringAsync(CollectorHost.Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<int> AffectedAsync(CollectorHost host, string path, string request) =>
        (await PostAsync(host, path, request)).GetProperty("affected").GetInt32();

    /// <summary>Three contents with a rejected item, two of one reason, and one without.</summary>
    private async Task KeepThreeAsync()
    {
        await using CollectorHost host = await StartAsync();
        await KeepThreeAsync(host);
    }

    private static async Task KeepThreeAsync(CollectorHost host)
    {
        await host.AcceptAsync("""["observed","rejected"]""");
        await host.AcceptAsync("""["rejected"]""");
        await host.AcceptAsync("""["throw"]""");
        await host.AcceptAsync("""["irrelevant"]""");
        await host.QuietAsync();
    }

    private Task<CollectorHost> StartAsync(FakeNormalizer? normaliser = null, Action<CollectorOptions>? configure = null) => CollectorHost.StartAsync(
        Folder, configure, s => s.AddSingleton<IOutboxPublisher>(_transport), [normaliser ?? new FakeNormalizer()]);
}
