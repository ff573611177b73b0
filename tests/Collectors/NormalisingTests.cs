using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>What becomes of what was kept, on every engine that can keep it.</summary>
public abstract class NormalisingTests<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private readonly TPlace _place = new();
    private readonly RecordingPublisher _transport = new();

    [Fact]
    public async Task Observations_are_published_once_with_their_lineage()
    {
        await using CollectorHost host = await StartAsync();
        await host.AcceptAsync("""["observed","irrelevant","observed"]""");
        await host.QuietAsync(published: true);
        OutboxMessage message = Assert.Single(_transport.Messages);
        var body = (ObservationsNormalised)MessageTypes.Deserialise(message.Type, message.Payload);
        Assert.Equal([0, 2], body.Observations.Select(o => o.Lineage.ItemIndex));
        Assert.Equal(FakeNormalizer.DigestOf(2), body.Observations[1].Subjects[0].Digest);
    }

    [Fact]
    public async Task A_long_notification_is_split_over_messages()
    {
        await using CollectorHost host = await StartAsync();
        await host.AcceptAsync(JsonSerializer.Serialize(Enumerable.Repeat("observed", 250)));
        await host.QuietAsync(published: true);
        Assert.Equal(3, _transport.Messages.Count);
        Assert.Equal(250, _transport.Observations.Select(o => o.Lineage.ItemIndex).Distinct().Count());
    }

    [Fact]
    public async Task A_hint_is_recorded_and_announced()
    {
        await using CollectorHost host = await StartAsync();
        await host.AcceptAsync("""["observed","hint"]""");
        await host.QuietAsync(published: true);
        OutboxMessage message = Assert.Single(_transport.Messages, m => m.Type == "hint-raised.v1");
        var hint = (HintRaised)MessageTypes.Deserialise(message.Type, message.Payload);
        Assert.Equal((1, "registry.example/app:1"), (hint.ItemIndex, hint.Target));
        Assert.Null(message.Destination);
    }

    [Fact]
    public async Task A_failing_normaliser_costs_its_notification_alone_and_tells_no_payload()
    {
        await using CollectorHost host = await StartAsync();
        string before = await host.AcceptAsync("""["observed"]""");
        string broken = await host.AcceptAsync("""["throw"]""");
        string after = await host.AcceptAsync("""["observed","observed"]""");
        await host.QuietAsync(published: true);
        Assert.Equal(3, _transport.Observations.Count);
        JsonElement view = await host.GetAsync($"notifications/{broken}");
        Assert.True(view.GetProperty("quarantined").GetBoolean());
        JsonElement item = view.GetProperty("items")[0];
        Assert.Equal("rejected", item.GetProperty("outcome").GetString());
        Assert.Contains("internal error", item.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", view.GetRawText(), StringComparison.Ordinal);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task What_could_not_be_used_is_read_again_once_the_mapping_is_fixed()
    {
        await using (CollectorHost host = await StartAsync())
        {
            await host.AcceptAsync("""["observed","rejected"]""");
            await host.AcceptAsync("""["throw"]""");
            await host.QuietAsync(published: true);
            Assert.Single(_transport.Observations);
        }

        await using CollectorHost again = await CollectorHost.StartAsync(
            _place,
            services: s => s.AddSingleton<IOutboxPublisher>(_transport),
            normalisers: [new FakeNormalizer(version: 2) { Fixed = true }]);
        JsonElement counts = await again.QuietAsync(published: true);
        Assert.Equal(3, counts.GetProperty("byOutcome").GetProperty("observed").GetInt64());
        Assert.Equal(0, counts.GetProperty("byOutcome").GetProperty("rejected").GetInt64());
        Assert.Equal([1, 2, 2, 2], _transport.Observations.Select(o => o.Lineage.MappingVersion).Order());
        Assert.DoesNotContain(_transport.Readings, r => r.Reread);
    }

    [Fact]
    public async Task A_redelivery_is_kept_once_counts_as_duplicate_and_tells_only_that_its_source_was_heard()
    {
        await using CollectorHost host = await StartAsync();
        string first = await host.AcceptAsync("""["observed","hint"]""");
        await host.QuietAsync(published: true);
        int published = _transport.Messages.Count;
        string second = await host.AcceptAsync("""["observed","hint"]""");
        string elsewhere = await host.AcceptAsync("""["observed","hint"]""", "other");
        JsonElement counts = await host.QuietAsync(published: true);
        Assert.Equal(6, counts.GetProperty("items").GetInt64());
        Assert.Equal(2, counts.GetProperty("byOutcome").GetProperty("duplicate").GetInt64());
        Assert.Equal(2, counts.GetProperty("contents").GetInt64());
        Assert.False((await host.GetAsync($"notifications/{first}")).GetProperty("redelivery").GetBoolean());
        Assert.True((await host.GetAsync($"notifications/{second}")).GetProperty("redelivery").GetBoolean());
        Assert.False((await host.GetAsync($"notifications/{elsewhere}")).GetProperty("redelivery").GetBoolean());
        Assert.Equal(published * 2, _transport.Messages.Count(m => m.Type != "source-heard.v1"));
        Assert.Single(_transport.Heard);
    }

    [Fact]
    public async Task The_same_bytes_from_another_cluster_are_no_redelivery()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(
            _place,
            o => o.KeptHeaders.Add("X-Cluster-Id"),
            s => s.AddSingleton<IOutboxPublisher>(_transport));
        foreach (string cluster in (string[])["eu", "us", "eu"])
        {
            using HttpResponseMessage response = await host.PostAsync(
                """["observed"]""", with: r => r.Headers.Add("x-cluster-id", cluster));
        }

        JsonElement counts = await host.QuietAsync(published: true);
        Assert.Equal(2, counts.GetProperty("contents").GetInt64());
        Assert.Equal(1, counts.GetProperty("byOutcome").GetProperty("duplicate").GetInt64());
        Assert.Equal(2, _transport.Messages.Where(m => m.Type == "observations-normalised.v1").Select(m => m.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_earliest_receipt_is_the_extraction_time_whatever_came_first()
    {
        var clock = new SteppingClock(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero));
        await using CollectorHost host = await StartAsync(s => s.AddSingleton<TimeProvider>(clock));
        await host.AcceptAsync("""["observed"]""");
        await host.QuietAsync(published: true);
        clock.Now = clock.Now.AddHours(-1);
        await host.AcceptAsync("""["observed"]""");
        await host.QuietAsync(published: true);
        clock.Now = clock.Now.AddHours(5);
        await host.AcceptAsync("""["observed"]""");
        JsonElement counts = await host.QuietAsync(published: true);
        Assert.Equal([10, 9], _transport.Observations.Select(o => o.Lineage.ExtractedAt.Hour));
        Assert.Equal([false, true], _transport.Readings.Select(r => r.Reread));
        Assert.Equal([10, 14], _transport.Heard.Select(h => h.At.Hour));
        Assert.Equal(3, counts.GetProperty("items").GetInt64());
        Assert.Equal(2, counts.GetProperty("byOutcome").GetProperty("duplicate").GetInt64());
    }

    [Fact]
    public async Task Nothing_is_lost_over_a_restart_while_the_transport_is_down()
    {
        _transport.Down = true;
        await using (CollectorHost host = await StartAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.AcceptAsync($"""["observed","x{i}"]""")));
        }

        _transport.Down = false;
        await using CollectorHost again = await StartAsync();
        JsonElement counts = await again.QuietAsync(published: true);
        Assert.Equal(100, counts.GetProperty("items").GetInt64());
        Assert.Equal(50, _transport.Observations.Select(o => o.Lineage.NotificationSha256).Distinct().Count());
    }

    [Fact]
    public async Task Items_are_paged_in_order()
    {
        await using CollectorHost host = await StartAsync();
        await host.AcceptAsync("""["rejected","observed","rejected"]""");
        await host.AcceptAsync("""["rejected"]""");
        await host.QuietAsync();
        List<string> pointers = [];
        string? next = "";
        while (next is not null)
        {
            JsonElement page = await host.GetAsync($"items?outcome=rejected&limit=1{(next.Length > 0 ? "&after=" + next : "")}");
            pointers.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("pointer").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["/0", "/2", "/0"], pointers);
    }

    [Fact]
    public async Task Items_in_are_the_sum_of_the_outcomes_for_any_deliveries()
    {
        await using CollectorHost host = await StartAsync();
        Gen<string> kind = Gen.Elements("observed", "hint", "irrelevant", "rejected", "throw");
        string[][] contents = [.. kind.ListOf(4).Where(l => l.Count > 0).Select(l => l.ToArray()).Sample(40)];
        string[] bodies = [.. contents.Select(c => JsonSerializer.Serialize(c))];
        await Task.WhenAll(bodies.Concat(bodies.Take(15)).Concat(bodies.Take(3)).Select(b => host.AcceptAsync(b)));
        JsonElement counts = await host.QuietAsync(published: true);

        long Items(string[] c) => c.Contains("throw") ? 1 : c.Length;
        Assert.Equal(
            contents.Sum(Items) + contents.Take(15).Sum(Items) + contents.Take(3).Sum(Items),
            counts.GetProperty("items").GetInt64());
        Assert.Equal(
            counts.GetProperty("items").GetInt64(),
            counts.GetProperty("byOutcome").EnumerateObject().Sum(o => o.Value.GetInt64()));
        string[][] distinct = [.. contents.DistinctBy(c => string.Join(',', c))];
        Assert.Equal(
            distinct.Where(c => !c.Contains("throw")).Sum(c => c.Count(k => k == "observed")),
            counts.GetProperty("byOutcome").GetProperty("observed").GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<CollectorHost> StartAsync(Action<IServiceCollection>? services = null) =>
        CollectorHost.StartAsync(
            _place,
            services: s =>
            {
                s.AddSingleton<IOutboxPublisher>(_transport);
                services?.Invoke(s);
            });

    /// <summary>The system's clock, but for the time of day.</summary>
    private sealed class SteppingClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

public sealed class Sqlite_normalising : NormalisingTests<SqliteFiles>;

public sealed class Shared_sqlite_normalising : NormalisingTests<SharedSqliteFiles>;

public sealed class SqlServer_normalising : NormalisingTests<SqlServerSchema>;
