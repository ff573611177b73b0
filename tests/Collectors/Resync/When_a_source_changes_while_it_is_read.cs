using System.Text.Json;
using ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary>Pages that shrink, records that move, lists that end too early: each API has its own way to lose a record.</summary>
public sealed class When_a_source_changes_while_it_is_read : WithFolder
{
    [Fact]
    public async Task ServiceNow_pages_by_key_so_records_that_move_are_read_twice_and_never_not_at_all()
    {
        var api = new FakeServiceNow();
        for (int i = 0; i < 10; i++)
        {
            api.Put(i, mod: 0, second: i);
        }

        int answers = 0;
        api.Between = () =>
        {
            // What was read already moves to the end: everything behind it moves forward.
            if (answers++ == 0)
            {
                api.Put(0, mod: 1, second: 100);
                api.Put(1, mod: 1, second: 100);
            }
        };
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "3"));
        await collector.AnsweredAsync(ask: false);
        AllOf(collector, 10);
        Assert.Equal(2, collector.Observations.Where(o => o.Revision.Counter == "1").DistinctBy(o => o.Record.Id).Count());

        JsonElement before = await collector.GetAsync("counts");
        JsonElement mark = await collector.AnsweredAsync();
        Assert.Equal("2026-03-22 10:01:40", mark.GetProperty("watermark").GetString());
        Assert.Equal(before.GetRawText(), (await collector.GetAsync("counts")).GetRawText());
    }

    [Fact]
    public async Task ServiceNow_hides_records_after_it_counted_them_and_a_short_page_is_not_the_end()
    {
        var api = new FakeServiceNow();
        for (int i = 0; i < 12; i++)
        {
            api.Put(i, mod: 0, second: i, hidden: i is >= 2 and < 9);
        }

        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "2"));
        await collector.AnsweredAsync(ask: false);
        Assert.Equal(5, collector.Observations.Select(o => o.Record.Id).Distinct().Count());
    }

    [Fact]
    public async Task ServiceNow_may_have_more_records_in_a_second_than_on_a_page()
    {
        var api = new FakeServiceNow();
        for (int i = 0; i < 11; i++)
        {
            api.Put(i, mod: 0, second: i < 9 ? 5 : 6);
        }

        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "2"));
        await collector.AnsweredAsync(ask: false);
        AllOf(collector, 11);
    }

    [Fact]
    public async Task ServiceNow_that_drops_an_unknown_term_and_answers_everything_is_not_believed()
    {
        var api = new FakeServiceNow();
        api.Put(1, mod: 0, second: 5);
        api.Put(2, mod: 0, second: 10);
        await using FakeServer server = await FakeServer.StartAsync(context =>
        {
            context.Request.QueryString = new Microsoft.AspNetCore.Http.QueryString("?sysparm_query=u_unknown=1&sysparm_limit=100");
            return api.AnswerAsync(context);
        });
        await using AskingCollector collector = await StartAsync(api, server, ("From", "2026-03-22 10:00:08"));
        JsonElement error = await collector.FailsAsync("unexpected");
        Assert.Contains("ignores the query", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(collector.Observations);
    }

    [Fact]
    public async Task Jira_pages_overlap_so_that_one_that_shrank_is_noticed()
    {
        var api = new FakeJira();
        for (int i = 0; i < 12; i++)
        {
            api.Add(i);
        }

        int answers = 0;
        api.Between = () =>
        {
            if (answers++ == 1)
            {
                for (int i = 0; i < 5; i++)
                {
                    api.Put(i, new DateTimeOffset(2026, 3, 22, 18, i, 0, TimeSpan.Zero));
                }
            }
        };
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "4"));
        await collector.AnsweredAsync(ask: false);
        AllOf(collector, 12);

        JsonElement before = await collector.GetAsync("counts");
        await collector.AnsweredAsync();
        Assert.Equal(before.GetRawText(), (await collector.GetAsync("counts")).GetRawText());
    }

    /// <summary>The last page has no token, and nothing else says that it is the last.</summary>
    [Fact]
    public async Task Jira_cloud_pages_by_token_to_the_page_that_has_none()
    {
        var api = new FakeJira(cloud: true);
        for (int i = 0; i < 10; i++)
        {
            api.Add(i);
        }

        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "4"));
        await collector.AnsweredAsync(ask: false);
        AllOf(collector, 10);
        Assert.Equal(
            ["", "page-4", "page-8"],
            server.Requests.Select(r => System.Web.HttpUtility.ParseQueryString(r[(r.IndexOf('?', StringComparison.Ordinal) + 1)..])["nextPageToken"] ?? ""));
        Assert.DoesNotContain(server.Requests, r => r.Contains("startAt", StringComparison.Ordinal));

        JsonElement before = await collector.GetAsync("counts");
        await collector.AnsweredAsync();
        Assert.Equal(before.GetRawText(), (await collector.GetAsync("counts")).GetRawText());
    }

    [Fact]
    public async Task Harbor_lists_that_became_shorter_are_read_again()
    {
        var api = new FakeHarbor();
        for (int i = 0; i < 9; i++)
        {
            api.Add(i);
        }

        int answers = 0;
        api.Between = page =>
        {
            // The second page begins a record later than it was to, and as many as are counted are read all the same.
            if (page == 1 && ++answers == 2)
            {
                api.Remove(8);
            }
        };
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "3"));
        await collector.AnsweredAsync(ask: false);
        Assert.All(Enumerable.Range(0, 8), i => Assert.Contains(collector.Observations, o => o.Subjects[0].Image!.Tag == $"v{i}"));

        JsonElement before = await collector.GetAsync("counts");
        await collector.AnsweredAsync();
        Assert.Equal(before.GetRawText(), (await collector.GetAsync("counts")).GetRawText());
    }

    [Fact]
    public async Task Rekor_counts_an_entry_before_it_shows_it_and_none_is_passed_over()
    {
        var api = new FakeRekor();
        for (int i = 0; i < 5; i++)
        {
            api.Add(i);
        }

        api.Hidden = 2;
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "4"));
        JsonElement mark = await collector.AnsweredAsync(ask: false);
        Assert.Equal(("5", 2L), (mark.GetProperty("watermark").GetString(), mark.GetProperty("behind").GetInt64()));
        Assert.Equal(5, collector.Observations.Count);
        api.Hidden = 0;
        mark = await collector.AnsweredAsync();
        Assert.Equal(("7", 0L), (mark.GetProperty("watermark").GetString(), mark.GetProperty("behind").GetInt64()));
        Assert.Equal(7, collector.Observations.Count);
        Assert.All(collector.Heard, h => Assert.Equal(FakeRekor.LogId, h.Instance));

        // Its proof is another with every answer, so no entry is asked for twice.
        await collector.AnsweredAsync();
        Assert.Equal(7, server.Requests.Where(r => r.Contains("logIndex=", StringComparison.Ordinal)).Distinct().Count());
    }

    [Fact]
    public async Task Rekor_is_asked_by_hash_for_what_a_hint_names()
    {
        var api = new FakeRekor();
        api.Add(3);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("From", "3"));
        await collector.AnsweredAsync(ask: false);
        Assert.Empty(collector.Observations);
        await collector.PushAsync("rekor-v1", $"[\"{FakeRekor.Uuid(3)}\"]");
        await When_a_source_is_asked.EventuallyAsync(
            () => Task.FromResult(collector.Observations.Any(o => o.Record.Id.EndsWith(FakeRekor.Uuid(3), StringComparison.Ordinal))), "the entry is here");
    }

    [Fact]
    public async Task Rekor_is_searched_for_the_digest_that_somebody_names_and_what_is_known_is_not_kept_again()
    {
        var api = new FakeRekor();
        api.Add(3);
        api.Add(3);
        api.Add(4);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("From", "4"));
        await collector.AnsweredAsync(ask: false);
        Assert.Equal(["4"], collector.Observations.Select(o => o.Revision.Counter));

        // By the digest alone, as a payload's, and as a reference's: what is behind the beginning is found, and found once.
        string three = FakeRegistry.DigestOf(BitConverter.GetBytes(3));
        foreach (string target in new[] { three, $"payload {three}", $"registry.example.com/app:1@{three}" })
        {
            await collector.AnsweredAsync(target: target);
            Assert.Equal("POST /api/v1/index/retrieve", server.Requests.Last(r => r.StartsWith("POST", StringComparison.Ordinal)));
            Assert.Equal(["2", "4"], collector.Observations.Select(o => o.Revision.Counter).Order());
            Assert.Equal(2, (await collector.GetAsync("counts")).GetProperty("notifications").GetInt64());
        }

        // One that was read by its index already, and one that the log doesn't know.
        await collector.AnsweredAsync(target: FakeRegistry.DigestOf(BitConverter.GetBytes(4)));
        await collector.AnsweredAsync(target: FakeRegistry.DigestOf(BitConverter.GetBytes(5)));
        Assert.Equal(2, (await collector.GetAsync("counts")).GetProperty("notifications").GetInt64());
    }

    [Fact]
    public async Task A_cluster_is_watched_and_listed_anew_where_its_changes_are_gone()
    {
        var api = new FakeKubernetes();
        for (int i = 0; i < 5; i++)
        {
            api.Add(i);
        }

        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("PageSize", "2"));
        await collector.AnsweredAsync(ask: false);
        Assert.Equal(5, collector.Observations.Count);

        api.Put("pod-1", 11);
        api.Delete("pod-2");
        await SaysAsync(collector, o => o.Subjects.Any(s => s.Image?.Tag == "v11"));
        await SaysAsync(collector, o => o.Withdrawn && o.Record.Id == "prod-eu-1/uid-of-pod-2/app");

        // While nobody watches, changes happen and are forgotten.
        server.Fault = Fault.Broken;
        await collector.FailsAsync("failed");
        api.Put("pod-3", 33);
        api.Delete("pod-4");
        api.Compact();
        server.Fault = Fault.None;
        await SaysAsync(collector, o => o.Subjects.Any(s => s.Image?.Tag == "v33"));
        await SaysAsync(collector, o => o.Withdrawn && o.Record.Id == "prod-eu-1/uid-of-pod-4/app");
        Assert.Contains(server.Requests, r => r.Contains("watch=1", StringComparison.Ordinal) && r.Contains("allowWatchBookmarks", StringComparison.Ordinal));

        // A watch that tells nothing new changes nothing but the watermark.
        JsonElement before = await collector.GetAsync("counts");
        int heard = collector.Heard.Count;
        await When_a_source_is_asked.EventuallyAsync(() => Task.FromResult(collector.Heard.Count > heard + 2), "heard");
        Assert.Equal(before.GetProperty("notifications").GetInt64(), (await collector.GetAsync("counts")).GetProperty("notifications").GetInt64());
    }

    private static async Task SaysAsync(AskingCollector collector, Func<Observation, bool> what) =>
        await When_a_source_is_asked.EventuallyAsync(() => Task.FromResult(collector.Observations.Any(what)), "it is told");

    private static void AllOf(AskingCollector collector, int count) => Assert.All(
        Enumerable.Range(0, count), i => Assert.Contains(collector.Observations, o => o.Subjects.Any(s => s.Image?.Tag == $"v{i}")));

    private Task<AskingCollector> StartAsync(FakeApi api, FakeServer server, params (string, string)[] settings) =>
        AskingCollector.StartAsync(api.Source, Folder, server.Address, api.Api, [.. api.Settings(Folder), .. settings]);
}
