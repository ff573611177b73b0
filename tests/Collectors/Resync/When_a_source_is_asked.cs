using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary>The frame that every resync runs in: what it keeps, what it leaves, when it asks, and what it tells.</summary>
public sealed class When_a_source_is_asked : WithFolder
{
    private readonly RecordingPublisher _transport = new();
    private readonly ScriptedSource _source = new();

    [Fact]
    public async Task What_it_has_is_kept_and_normalised_like_a_push()
    {
        _source.Says("""["observed","irrelevant"]""", """["observed","observed"]""");
        await using CollectorHost host = await StartAsync();
        JsonElement mark = await StandsAsync(host, "current");

        Assert.Equal("2", mark.GetProperty("watermark").GetString());
        Assert.Equal(0, mark.GetProperty("behind").GetInt64());
        Assert.Equal(0, mark.GetProperty("gapSeconds").GetInt64());
        JsonElement counts = await host.QuietAsync(published: true);
        Assert.Equal(2, counts.GetProperty("contents").GetInt64());
        Assert.Equal(3, _transport.Observations.Count);
        SourceHeard heard = Assert.Single(Heard);
        Assert.Equal((Source.ArtifactRegistry, "registry.example"), (heard.Source, heard.Instance));
    }

    [Fact]
    public async Task Nothing_new_changes_nothing_but_the_watermark()
    {
        _source.Says("""["observed"]""");
        await using CollectorHost host = await StartAsync();
        await StandsAsync(host, "current");
        JsonElement before = await host.QuietAsync(published: true);
        for (int i = 0; i < 3; i++)
        {
            await AskAgainAsync(host);
        }

        JsonElement after = await host.QuietAsync(published: true);
        Assert.Equal(before.GetRawText(), after.GetRawText());
        Assert.Single(_transport.Messages, m => m.Type == "observations-normalised.v1");
        Assert.True(Heard.Select(h => h.At).Distinct().Count() >= 4, "each answer moves the instance's watermark");
    }

    [Fact]
    public async Task The_same_bytes_again_are_no_new_row_wherever_they_came_from_first()
    {
        _source.Says("""["observed"]""");
        await using CollectorHost host = await StartAsync(with: o => o.Instance = "registry.example");
        await StandsAsync(host, "current");
        _source.Says("""["observed"]""");
        await AskAgainAsync(host);
        Assert.Equal(1, (await host.QuietAsync()).GetProperty("notifications").GetInt64());
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        _source.Says("""["observed"]""", """["hint"]""");
        await using (CollectorHost host = await StartAsync())
        {
            await StandsAsync(host, "current");
        }

        int asked = _source.Questions.Count;
        await using CollectorHost again = await StartAsync();
        await EventuallyAsync(() => Task.FromResult(_source.Questions.Count > asked), "asked at the start");
        Assert.Equal("2", _source.Questions[asked].Watermark);
    }

    [Fact]
    public async Task Another_address_is_read_from_the_beginning()
    {
        _source.Says("""["observed"]""");
        await using (CollectorHost host = await StartAsync())
        {
            await StandsAsync(host, "current");
        }

        int asked = _source.Questions.Count;
        await using CollectorHost moved = await StartAsync(address: "http://localhost:4321");
        await EventuallyAsync(() => Task.FromResult(_source.Questions.Count > asked), "asked at the start");
        Assert.Null(_source.Questions[asked].Watermark);
    }

    [Fact]
    public async Task A_hint_asks_for_what_it_names_and_a_fetched_hint_for_nothing()
    {
        _source.Says("""["hint"]""");
        await using CollectorHost host = await StartAsync();
        await StandsAsync(host, "current");
        await host.QuietAsync();
        Assert.All(_source.Questions, q => Assert.Empty(q.Targets));

        await host.AcceptAsync("""["observed","hint"]""");
        await EventuallyAsync(
            () => Task.FromResult(_source.Questions.Any(q => q.Targets.SequenceEqual(["registry.example/app:1"]))), "the hint is asked for");
        int asked = _source.Questions.Count;
        await AskAgainAsync(host);
        Assert.Empty(_source.Questions[asked].Targets);
    }

    [Fact]
    public async Task What_somebody_else_spoke_of_since_is_told_again()
    {
        _source.Tag = "sha256:a";
        await using CollectorHost host = await StartAsync();
        await StandsAsync(host, "current");
        await AskAgainAsync(host);
        Assert.Equal(1, (await host.QuietAsync()).GetProperty("notifications").GetInt64());

        // A push may say that the tag moved meanwhile; the registry says that it leads where it led.
        await host.AcceptAsync("""["observed","pushed"]""");
        await host.QuietAsync();
        await AskAgainAsync(host);
        Assert.Equal(3, (await host.QuietAsync()).GetProperty("notifications").GetInt64());
        await AskAgainAsync(host);
        Assert.Equal(3, (await host.QuietAsync()).GetProperty("notifications").GetInt64());
    }

    [Fact]
    public async Task A_message_on_the_bus_asks_too()
    {
        await using CollectorHost host = await StartAsync();
        await StandsAsync(host, "current");
        int asked = _source.Questions.Count;
        IResyncListener listener = host.Services.GetRequiredService<IResyncListener>();
        await listener.HearAsync(new ResyncRequested(Source.SignatureLedger, "", "", "not ours"), CollectorHost.Ct);
        await listener.HearAsync(new ResyncRequested(Source.ArtifactRegistry, "elsewhere.example", "", "not it"), CollectorHost.Ct);
        await listener.HearAsync(new ResyncRequested(Source.ArtifactRegistry, "registry.example", "registry.example/app:9", "a conflict"), CollectorHost.Ct);
        await EventuallyAsync(() => Task.FromResult(_source.Questions.Count > asked), "asked");
        Assert.Equal(["registry.example/app:9"], _source.Questions[asked].Targets);
    }

    [Fact]
    public async Task A_failing_source_says_why_and_keeps_what_it_told_before()
    {
        _source.Says("""["observed"]""");
        _source.Trouble = _ => throw new SourceException(SourceTrouble.RateLimited, "it asks for a pause (429)") { RetryAfter = TimeSpan.FromMinutes(30) };
        await using CollectorHost host = await StartAsync();
        JsonElement mark = await StandsAsync(host, "failing");
        Assert.Equal("rate-limited", mark.GetProperty("lastError").GetProperty("trouble").GetString());
        Assert.Equal("1", mark.GetProperty("watermark").GetString());
        Assert.Equal(JsonValueKind.Null, mark.GetProperty("lastSuccessAt").ValueKind);
        TimeSpan pause = mark.GetProperty("nextAt").GetDateTimeOffset() - mark.GetProperty("lastError").GetProperty("at").GetDateTimeOffset();
        Assert.Equal(TimeSpan.FromMinutes(30), pause);
        Assert.Equal(1, (await host.QuietAsync()).GetProperty("notifications").GetInt64());

        // Neither a hint nor a person is sooner than a source that asks for a pause.
        int asked = _source.Questions.Count;
        await host.AcceptAsync("""["observed","hint"]""");
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("resync", UriKind.Relative), null, CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await host.QuietAsync();
        Assert.Equal(mark.GetProperty("nextAt").GetDateTimeOffset(), (await MarkAsync(host)).GetProperty("nextAt").GetDateTimeOffset());
        Assert.Equal(asked, _source.Questions.Count);
    }

    [Fact]
    public async Task A_client_that_breaks_tells_no_payload_and_is_asked_again()
    {
        _source.Trouble = _ => throw new InvalidOperationException("secret payload text");
        await using CollectorHost host = await StartAsync();
        JsonElement mark = await StandsAsync(host, "failing");
        Assert.Equal("internal", mark.GetProperty("lastError").GetProperty("trouble").GetString());
        Assert.DoesNotContain("secret", mark.GetRawText(), StringComparison.Ordinal);
        _source.Trouble = null;
        await AskAgainAsync(host);
        Assert.Equal("current", (await MarkAsync(host)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task One_that_hangs_keeps_no_other_waiting()
    {
        var other = new ScriptedSource();
        other.Says("""["observed"]""");
        _source.Trouble = ct => Task.Delay(Timeout.Infinite, ct);
        await using CollectorHost host = await StartAsync(
            with: o => o.Resync["other"] = new ResyncOptions { Api = "other", Address = "http://localhost:2" },
            apis: [_source.Api, new SourceApi("other", _ => other)]);
        await EventuallyAsync(() => Task.FromResult(_source.Questions.Count == 1), "the first hangs");
        await StandsAsync(host, "current", "other");
        Assert.Equal("asking", (await MarkAsync(host)).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("", "http://localhost:1", "Api is none that this collector knows; write one of: \"scripted\"")]
    [InlineData("scripted", "registry", "\"Address\": \"https://source.example.com\"")]
    [InlineData("scripted", "http://registry.example", "\"AllowPlainHttp\": true")]
    public async Task Settings_that_can_not_work_are_refused_with_a_fix(string api, string address, string fix)
    {
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => CollectorHost.StartAsync(
            Folder, o => o.Resync["main"] = new ResyncOptions { Api = api, Address = address }, apis: [_source.Api]));
        Assert.Contains(refused.Failures, f => f.StartsWith("collector artifact-registry: Resync:main: ", StringComparison.Ordinal)
            && f.Contains(fix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_instance_is_not_asked()
    {
        await using CollectorHost host = await StartAsync();
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("resync?instance=nobody", UriKind.Relative), null, CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("main", await response.Content.ReadAsStringAsync(CollectorHost.Ct), StringComparison.Ordinal);
    }

    private IReadOnlyList<SourceHeard> Heard =>
        [.. _transport.Messages.Where(m => m.Type == "source-heard.v1").Select(m => (SourceHeard)MessageTypes.Deserialise(m.Type, m.Payload))];

    private Task<CollectorHost> StartAsync(
        string address = "http://localhost:1", Action<CollectorOptions>? with = null, IReadOnlyList<SourceApi>? apis = null)
    {
        return CollectorHost.StartAsync(
            Folder,
            o =>
            {
                o.Resync["main"] = new ResyncOptions
                {
                    Api = "scripted", Address = address, Instance = "registry.example", PauseSeconds = 0, EverySeconds = 3600,
                };
                with?.Invoke(o);
            },
            s => s.AddSingleton<IOutboxPublisher>(_transport),
            apis: apis ?? [_source.Api]);
    }

    private async Task AskAgainAsync(CollectorHost host)
    {
        int asked = _source.Questions.Count;
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("resync", UriKind.Relative), null, CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await EventuallyAsync(
            async () => _source.Questions.Count > asked && (await MarkAsync(host)).GetProperty("lastSuccessAt") is { ValueKind: JsonValueKind.String } at
                && at.GetDateTimeOffset() >= before,
            "asked again");
    }

    internal static async Task<JsonElement> MarkAsync(CollectorHost host, string name = "main") =>
        (await host.GetAsync("watermarks")).GetProperty("watermarks").EnumerateArray().Single(w => w.GetProperty("name").GetString() == name);

    internal static async Task<JsonElement> StandsAsync(CollectorHost host, string state, string name = "main")
    {
        JsonElement mark = default;
        await EventuallyAsync(
            async () =>
            {
                mark = await MarkAsync(host, name);
                return mark.GetProperty("state").GetString() == state;
            },
            $"{name} is {state}",
            () => mark.ToString());
        return mark;
    }

    internal static async Task EventuallyAsync(Func<Task<bool>> condition, string what, Func<string>? otherwise = null)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 1500, $"never: {what}. {otherwise?.Invoke()}");
            await Task.Delay(20, CollectorHost.Ct);
        }
    }
}
