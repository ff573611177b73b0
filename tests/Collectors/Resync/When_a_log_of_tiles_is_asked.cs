using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary>A Rekor v2 log has no search: its entries are read from bundles, as far as the checkpoint counts them.</summary>
public sealed class When_a_log_of_tiles_is_asked : WithFolder
{
    [Fact]
    public async Task It_is_read_to_its_end_as_it_grows_and_each_entry_is_kept_once()
    {
        var api = new FakeTiles();
        api.Add(0, 300);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        JsonElement mark = await collector.AnsweredAsync(ask: false);
        Assert.Equal(("300", 0L), (mark.GetProperty("watermark").GetString(), mark.GetProperty("behind").GetInt64()));
        Are(collector, 300);
        Assert.Equal(["GET /checkpoint", "GET /tile/entries/000", "GET /tile/entries/001.p/44"], server.Requests);
        Assert.All(collector.Heard, h => Assert.Equal(FakeTiles.LogId, h.Instance));

        // Nothing new: nothing is read, and nothing is written but the watermark's time.
        JsonElement before = await collector.GetAsync("counts");
        await collector.AnsweredAsync();
        Assert.Equal("GET /checkpoint", server.Requests[^1]);
        Assert.Equal(before.GetRawText(), (await collector.GetAsync("counts")).GetRawText());

        api.Add(300, 213);
        mark = await collector.AnsweredAsync();
        Assert.Equal("513", mark.GetProperty("watermark").GetString());
        Are(collector, 513);
        Assert.Equal(["GET /tile/entries/001", "GET /tile/entries/002.p/1"], server.Requests.TakeLast(2));
        Assert.Equal(513, (await collector.GetAsync("counts")).GetProperty("notifications").GetInt64());
    }

    [Fact]
    public async Task A_partial_bundle_that_is_gone_is_read_from_the_full_one_as_far_as_it_was_counted()
    {
        var api = new FakeTiles();
        api.Add(0, 250);
        int checkpoints = 0;
        api.Between = () => api.Add(250, ++checkpoints == 1 ? 10 : 0);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        JsonElement mark = await collector.AnsweredAsync(ask: false);
        Assert.Equal(["GET /checkpoint", "GET /tile/entries/000.p/250", "GET /tile/entries/000"], server.Requests);
        Assert.Equal("250", mark.GetProperty("watermark").GetString());
        Are(collector, 250);

        await collector.AnsweredAsync();
        Are(collector, 260);
    }

    [Fact]
    public async Task A_log_that_became_shorter_is_a_gap_and_no_new_beginning()
    {
        var api = new FakeTiles();
        api.Add(0, 20);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        await collector.AnsweredAsync(ask: false);
        api.RestoreTo(10);
        JsonElement error = await collector.FailsAsync("unexpected");
        Assert.Contains("shorter than it was", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonElement mark = await collector.MarkAsync();
        Assert.Equal(("failing", "20"), (mark.GetProperty("state").GetString(), mark.GetProperty("watermark").GetString()));
        Assert.DoesNotContain("tile", server.Requests[^1], StringComparison.Ordinal);

        // Once it is longer again what is new is read, and nothing twice.
        api.Add(10, 12);
        mark = await collector.AnsweredAsync();
        Assert.Equal("current", mark.GetProperty("state").GetString());
        Are(collector, 22);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 15)]
    [InlineData(19, 500)]
    public async Task A_log_that_was_restored_and_grew_past_the_watermark_is_another_one(int kept, int others)
    {
        var api = new FakeTiles();
        api.Add(0, 20);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        await collector.AnsweredAsync(ask: false);
        api.RestoreTo(kept);
        api.Add(1000, others);

        JsonElement error = await collector.FailsAsync("unexpected");

        Assert.Contains("past is not what it was", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonElement mark = await collector.MarkAsync();
        Assert.Equal(("failing", "20"), (mark.GetProperty("state").GetString(), mark.GetProperty("watermark").GetString()));
        Assert.DoesNotContain(server.Requests.SkipWhile(r => r != "GET /tile/entries/000.p/20").Skip(1), r => r.Contains("entries", StringComparison.Ordinal));
        Are(collector, 20);
    }

    [Fact]
    public async Task However_long_the_log_its_past_is_compared_by_a_tile_a_level()
    {
        const int Length = (256 * 256) + (3 * 256) + 7;
        var api = new FakeTiles();
        api.Add(0, Length);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("From", Length.ToString(CultureInfo.InvariantCulture)));
        await collector.AnsweredAsync(ask: false);
        Assert.Equal(["GET /checkpoint"], server.Requests);

        api.Add(Length, 300);
        await collector.AnsweredAsync();

        Assert.Equal(
            ["GET /tile/2/000.p/1", "GET /tile/1/001.p/4", "GET /tile/0/259"],
            server.Requests.Where(r => r.StartsWith("GET /tile/", StringComparison.Ordinal) && !r.Contains("entries", StringComparison.Ordinal)));
        Assert.Equal(300, collector.Observations.Count);

        api.RestoreTo(70);
        api.Add(0, Length + 400);
        await collector.FailsAsync("unexpected");
    }

    [Fact]
    public async Task An_answer_that_was_cut_short_is_compared_with_what_it_began_under()
    {
        var api = new FakeTiles { Missing = 3 };
        api.Add(0, 260);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        await collector.FailsAsync("unexpected");
        api.RestoreTo(258);
        api.Add(1000, 40);
        api.Missing = 0;

        Assert.Contains("past is not what it was", (await collector.FailsAsync("unexpected")).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("256", (await collector.MarkAsync()).GetProperty("watermark").GetString());
    }

    [Fact]
    public async Task Entries_that_are_counted_and_not_shown_are_waited_for()
    {
        var api = new FakeTiles { Missing = 3 };
        api.Add(0, 260);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        Assert.Contains("does not show", (await collector.FailsAsync("unexpected")).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("256", (await collector.MarkAsync()).GetProperty("watermark").GetString());
        api.Missing = 0;
        await collector.AnsweredAsync();
        Are(collector, 260);
    }

    [Fact]
    public async Task A_long_log_is_read_from_an_index_on_and_its_bundles_are_found_by_groups_of_three_digits()
    {
        const long Start = 1234067L * 256;
        var api = new FakeTiles(Start);
        api.Add(0, 8);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server, ("From", Start.ToString(CultureInfo.InvariantCulture)));
        await collector.AnsweredAsync(ask: false);
        Assert.Equal("GET /tile/entries/x001/x234/067.p/8", server.Requests[^1]);
        Are(collector, 8, Start);
    }

    [Fact]
    public async Task Another_log_at_the_address_is_not_read()
    {
        var api = new FakeTiles { KeyId = "0badcafe" };
        api.Add(0);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        Assert.Contains("LogId", (await collector.FailsAsync("unexpected")).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(collector.Observations);
    }

    [Fact]
    public async Task An_entry_that_was_pushed_is_the_same_record()
    {
        var api = new FakeTiles();
        api.Add(7);
        await using FakeServer server = await FakeServer.StartAsync(api.AnswerAsync);
        await using AskingCollector collector = await StartAsync(api, server);
        await collector.AnsweredAsync(ask: false);
        await collector.PushAsync("rekor-v2", JsonSerializer.Serialize(new
        {
            logIndex = "0",
            logId = new { keyId = Convert.ToBase64String(Convert.FromHexString(FakeTiles.LogId)) },
            canonicalizedBody = Convert.ToBase64String(FakeTiles.Body(7)),
        }));
        await When_a_source_is_asked.EventuallyAsync(() => Task.FromResult(collector.Observations.Count == 2), "both are here");
        Assert.Single(collector.Observations.Select(o => (o.Record, o.Revision, string.Join(' ', o.Fields.Select(f => string.Join(',', f.Values))))).Distinct());
    }

    [Fact]
    public async Task Without_the_id_of_the_log_it_does_not_start_and_says_what_to_write()
    {
        var api = new FakeTiles();
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(
            () => AskingCollector.StartAsync(api.Source, Folder, new Uri("http://127.0.0.1:1"), api.Api, ("LogId", "abc"), ("From", "first")));
        Assert.Contains("LogId must be the log's id, 32 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("From must be a log index", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>So many entries were told, each once, under its own index, leaf and digest.</summary>
    private static void Are(AskingCollector collector, int count, long start = 0)
    {
        IEnumerable<(string?, string, string?)> expected = Enumerable.Range(0, count).Select(i => (
            (string?)(start + i).ToString(CultureInfo.InvariantCulture),
            $"{FakeTiles.LogId}/{Convert.ToHexStringLower(SHA256.HashData([0, .. FakeTiles.Body(i)]))}",
            (string?)FakeRegistry.DigestOf(BitConverter.GetBytes(i))));
        Assert.Equal(
            expected.Order(),
            collector.Observations.Select(o => (o.Revision.Counter, o.Record.Id, o.Subjects[0].Digest?.Text)).Order());
    }

    private Task<AskingCollector> StartAsync(FakeTiles api, FakeServer server, params (string, string)[] settings) =>
        AskingCollector.StartAsync(api.Source, Folder, server.Address, api.Api, [.. api.Settings(Folder), .. settings]);
}
