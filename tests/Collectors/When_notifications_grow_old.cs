using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Retention;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>What becomes of kept bytes under a policy, over the real store, loop and endpoints of an engine.</summary>
public abstract class When_notifications_grow_old<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private const string Referred = """["observed"]""";
    private const string Free = """["observed","hint"]""";
    private const string Rejected = """["observed","rejected"]""";
    private const string Always = """{"from":"2000-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z","apply":true}""";
    private const string Irrelevant = """["irrelevant"]""";

    private readonly TPlace _place = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly References _references = new();
    private readonly RecordingLog _log = new();

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task One_that_is_referred_to_survives_whatever_its_age_and_size_and_so_does_a_rejected_one()
    {
        using var measured = new Measured();
        await using CollectorHost host = await StartAsync(o => (o.Retention.MaxAgeDays, o.Retention.MaxBytes) = (30, Small(o)));
        string[] ids = await AcceptAsync(host, Referred, Free, Rejected, Irrelevant);
        _references.Keep(Referred);
        JsonElement before = await host.QuietAsync();
        Assert.Empty(_references.Asked);

        _clock.Advance(TimeSpan.FromDays(1000));
        await ReleasedAsync(host, ids[1], ids[3]);
        await LookedAgainAsync(measured);

        foreach (string kept in (string[])[ids[0], ids[2]])
        {
            Assert.False(await IsReleasedAsync(host, kept));
        }

        // What nobody can refer to needs no asking, and what is rejected isn't up for it.
        Assert.All(_references.Asked, asked => Assert.Contains(asked.NotificationSha256, (string[])[Sha256(Referred), Sha256(Free)]));
        Assert.Contains(new KeptReading(Sha256(Free), "fake", 1, 1), _references.Asked);
        Assert.Equal(before.GetRawText(), (await host.GetAsync("counts")).GetRawText());
        Assert.Equal(2, (await host.GetAsync($"notifications/{ids[1]}")).GetProperty("items").GetArrayLength());
        Assert.Equal(2, measured.Of("retention", "outcome", "released").Sum());
        Assert.NotEqual(0, measured.Of("retention", "outcome", "referred").Sum());
        Assert.Equal(Referred.Length + Rejected.Length, measured.Of("kept", "source", "artifact-registry")[^1]);
        Assert.Contains(_log.Lines, l => l.Contains("the bytes of 2 notifications are let go, 1 that are due are still referred to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_policy_everything_is_kept_for_ever()
    {
        await using CollectorHost host = await StartAsync(_ => { });
        string[] ids = await AcceptAsync(host, Free, Irrelevant);
        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromDays(1000));
        }

        Assert.Empty(_references.Asked);
        Assert.False(await IsReleasedAsync(host, ids[0]) || await IsReleasedAsync(host, ids[1]));
    }

    [Fact]
    public async Task Above_the_size_the_oldest_go_first_and_no_more_than_that_takes()
    {
        using var measured = new Measured();
        await using CollectorHost host = await StartAsync(o => o.Retention.MaxBytes = Small(o));
        string[] bodies = [.. Enumerable.Range(0, 6).Select(i => $$"""["observed"{{new string(' ', 14)}}{{new string('\n', i)}}]""")];
        string[] ids = await AcceptAsync(host, bodies);
        await ReleasedAsync(host, ids[0]);
        await LookedAgainAsync(measured);

        bool[] released = await Task.WhenAll(ids.Select(id => IsReleasedAsync(host, id)));
        int kept = bodies.Where((_, i) => !released[i]).Sum(b => b.Length);
        int first = Array.IndexOf(released, false);
        Assert.DoesNotContain(true, released[first..]);
        Assert.InRange(kept, 1, 64);
        Assert.True(kept + bodies[first - 1].Length > 64, "one less would have been enough");
    }

    [Fact]
    public async Task A_redelivery_brings_the_bytes_back_and_a_replay_says_where_there_are_none()
    {
        var mapping = new FakeNormalizer();
        await using CollectorHost host = await StartAsync(o => o.Retention.MaxAgeDays = 1, mapping);
        string[] ids = await AcceptAsync(host, Free);
        _clock.Advance(TimeSpan.FromDays(2));
        await ReleasedAsync(host, ids[0]);
        mapping.MappingVersion = 2;
        Assert.Equal((1, 0), await ReplayAsync(host));

        _references.Keep(Free);
        string again = await host.AcceptAsync(Free);
        Assert.False(await IsReleasedAsync(host, again));
        Assert.Equal((0, 0), await ReplayAsync(host));
        using HttpResponseMessage whole = await host.Client.PostAsync(new Uri("replay", UriKind.Relative), new StringContent(Always), CollectorHost.Ct);
        Assert.Contains("\"contents\":1,\"current\":0", await whole.Content.ReadAsStringAsync(CollectorHost.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_answer_nothing_goes_and_the_answer_of_the_reconciler_counts()
    {
        var asked = new System.Collections.Concurrent.ConcurrentQueue<string>();
        bool answers = false;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        await using WebApplication reconciler = builder.Build();
        reconciler.MapPost("/items/unreferenced", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            asked.Enqueue(await reader.ReadToEndAsync());
            return answers ? Results.Json(new[] { Sha256(Free) }) : Results.NotFound();
        });
        reconciler.Urls.Add("http://127.0.0.1:0");
        await reconciler.StartAsync(CollectorHost.Ct);
        await using CollectorHost host = await StartAsync(
            o => (o.Retention.MaxAgeDays, o.Retention.Reconciler) = (1, reconciler.Urls.First()), byHttp: true);
        string[] ids = await AcceptAsync(host, Free, Referred);
        _clock.Advance(TimeSpan.FromDays(2));
        await UntilAsync(() => Task.FromResult(_log.Lines.Any(l => l.Contains("the reconciler did not answer (HttpRequestException)", StringComparison.Ordinal))));
        Assert.False(await IsReleasedAsync(host, ids[0]));

        answers = true;
        await ReleasedAsync(host, ids[0]);
        Assert.False(await IsReleasedAsync(host, ids[1]));
        Assert.Equal(
            $$"""[{"notificationSha256":"{{Sha256(Free)}}","format":"fake","mappingVersion":1,"observations":1},{"notificationSha256":"{{Sha256(Referred)}}","format":"fake","mappingVersion":1,"observations":1}]""",
            asked.First());
    }

    [Theory]
    [InlineData("MaxAgeDays", 0, "\"MaxAgeDays\": 90")]
    [InlineData("MaxBytes", 63, "\"MaxBytes\": 2560")]
    [InlineData("EverySeconds", 0, "remove it to look every hour")]
    [InlineData("Reconciler", 0, "\"Reconciler\": \"http://reconciler:8080\"")]
    public async Task What_can_not_work_is_refused_at_start_with_the_fix(string setting, int value, string fix)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            o =>
            {
                Small(o);
                o.Retention.MaxAgeDays = setting == "MaxAgeDays" ? value : 1;
                o.Retention.MaxBytes = setting == "MaxBytes" ? value : null;
                o.Retention.EverySeconds = setting == "EverySeconds" ? value : 3600;
                o.Retention.Reconciler = setting == "Reconciler" ? null : "http://reconciler:8080";
            },
            byHttp: true));
        Assert.Contains(fix, Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }

    private static long Small(CollectorOptions options)
    {
        options.MaxBodyBytes = 64;
        return options.MaxBytesInFlight = 64;
    }

    private static string Sha256(string body) => new Notification
    {
        Source = Source.ArtifactRegistry,
        Format = "fake",
        Body = System.Text.Encoding.UTF8.GetBytes(body),
        Headers = new Dictionary<string, string> { ["content-type"] = "application/json" },
        ReceivedAt = DateTimeOffset.UnixEpoch,
    }.Sha256();

    private static async Task<string[]> AcceptAsync(CollectorHost host, params string[] bodies)
    {
        var ids = new List<string>();
        foreach (string body in bodies)
        {
            ids.Add(await host.AcceptAsync(body));
        }

        await host.QuietAsync();
        return [.. ids];
    }

    private static async Task<bool> IsReleasedAsync(CollectorHost host, string id) =>
        (await host.GetAsync($"notifications/{id}")).GetProperty("bodyReleasedAt").ValueKind == JsonValueKind.String;

    private static async Task<(int Released, int Changed)> ReplayAsync(CollectorHost host)
    {
        using HttpResponseMessage answer = await host.Client.PostAsync(
            new Uri("replay", UriKind.Relative),
            new StringContent(Always),
            CollectorHost.Ct);
        JsonElement view = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CollectorHost.Ct)).RootElement;
        return (view.GetProperty("released").GetInt32(), view.GetProperty("items").GetArrayLength());
    }

    private Task ReleasedAsync(CollectorHost host, params string[] ids) =>
        UntilAsync(async () => !(await Task.WhenAll(ids.Select(id => IsReleasedAsync(host, id)))).Contains(false));

    /// <summary>Two more looks have ended, so that one of them is whole.</summary>
    private Task LookedAgainAsync(Measured measured)
    {
        int before = measured.Of("kept", "source", "artifact-registry").Count;
        return UntilAsync(() => Task.FromResult(measured.Of("kept", "source", "artifact-registry").Count >= before + 2));
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 6000, "it does not happen");
            _clock.Advance(TimeSpan.FromHours(2));
            await Task.Delay(10, CollectorHost.Ct);
        }
    }

    private Task<CollectorHost> StartAsync(Action<CollectorOptions> configure, FakeNormalizer? mapping = null, bool byHttp = false) => CollectorHost.StartAsync(
        _place,
        configure,
        services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            _log.AddTo(services);
            if (!byHttp)
            {
                services.AddSingleton<IEvidenceReferences>(_references);
            }
        },
        [mapping ?? new FakeNormalizer()]);

    private sealed class References : IEvidenceReferences
    {
        private readonly HashSet<string> _kept = [];
        private readonly System.Collections.Concurrent.ConcurrentQueue<KeptReading> _asked = new();

        public IReadOnlyCollection<KeptReading> Asked => _asked;

        public void Keep(string body) => _kept.Add(Sha256(body));

        public Task<IReadOnlyCollection<string>> UnreferencedAsync(IReadOnlyCollection<KeptReading> readings, CancellationToken cancellationToken)
        {
            readings.ToList().ForEach(_asked.Enqueue);
            return Task.FromResult<IReadOnlyCollection<string>>([.. readings.Select(r => r.NotificationSha256).Where(n => !_kept.Contains(n))]);
        }
    }
}

[Collection("measured retention")]
public sealed class When_notifications_grow_old_on_sqlite : When_notifications_grow_old<SqliteFiles>;

[Collection("measured retention")]
public sealed class When_notifications_grow_old_on_sql_server : When_notifications_grow_old<SqlServerSchema>;
