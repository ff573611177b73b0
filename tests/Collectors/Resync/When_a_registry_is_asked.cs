using System.Text.Json;
using ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

namespace ReleaseIntegrity.Tests.Collectors.Resync;

/// <summary><c>oci-distribution</c> against a registry that does as the specification says.</summary>
public sealed class When_a_registry_is_asked : WithFolder
{
    private readonly FakeRegistry _registry = new();

    [Fact]
    public async Task Every_tag_is_read_over_all_pages_and_read_again_only_where_it_moved()
    {
        for (int i = 0; i < 7; i++)
        {
            _registry.Push($"team/app-{i % 2}", $"v{i}", FakeRegistry.Manifest(i));
        }

        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await StartAsync(server, ("PageSize", "2"));
        await collector.AnsweredAsync(ask: false);
        Assert.Equal(7, collector.Observations.Count);
        Assert.All(collector.Observations, o => Assert.Equal(DigestKind.Manifest, o.Subjects[0].DigestKind));
        Assert.Equal([$"{server.Address.Authority}"], collector.Heard.Select(h => h.Instance).Distinct());

        JsonElement before = await collector.GetAsync("counts");
        await collector.AnsweredAsync();
        Assert.Equal(before.GetRawText(), (await collector.GetAsync("counts")).GetRawText());
        Assert.All(server.Requests, r => Assert.True(r.StartsWith("GET ", StringComparison.Ordinal) || r.StartsWith("HEAD ", StringComparison.Ordinal), r));

        string moved = _registry.Push("team/app-0", "v0", FakeRegistry.Manifest(50));
        await collector.AnsweredAsync();
        Assert.Equal(8, collector.Observations.Count);
        Assert.Equal(moved, collector.Observations[^1].Subjects[0].Digest!.Value.Text);
    }

    [Fact]
    public async Task A_tag_that_went_back_and_one_that_is_gone_are_told()
    {
        string first = _registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        _registry.Push("team/app", "v2", FakeRegistry.Manifest(2));
        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await StartAsync(server);
        await collector.AnsweredAsync(ask: false);
        _registry.Push("team/app", "v1", FakeRegistry.Manifest(3));
        await collector.AnsweredAsync();

        // The date of an answer has whole seconds.
        await Task.Delay(1100, CollectorHost.Ct);
        _registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        _registry.Untag("team/app", "v2");
        await collector.AnsweredAsync();

        Observation[] ofV1 = [.. collector.Observations.Where(o => o.Record.Id.EndsWith("team/app:v1", StringComparison.Ordinal))];
        Assert.Equal(3, ofV1.Length);
        Assert.Equal(first, ofV1[^1].Subjects[0].Digest!.Value.Text);
        Assert.True(ofV1[^1].Revision.Time > ofV1[0].Revision.Time);
        Observation gone = Assert.Single(collector.Observations, o => o.Withdrawn);
        Assert.EndsWith("team/app:v2", gone.Record.Id, StringComparison.Ordinal);
        int told = collector.Observations.Count;
        await collector.AnsweredAsync();
        Assert.Equal(told, collector.Observations.Count);
    }

    [Fact]
    public async Task A_token_is_fetched_for_each_scope_with_the_configured_secret()
    {
        _registry.Guarded = true;
        _registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await StartAsync(
            server, ("Credential:User", FakeRegistry.User), ("Credential:Secret", FakeRegistry.Secret));
        await collector.AnsweredAsync(ask: false);
        Assert.Single(collector.Observations);
        Assert.Contains(server.Requests, r => r.StartsWith("GET /token?service=fake&scope=repository", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_used_until_it_has_run_out_and_then_another_one_is_fetched()
    {
        _registry.Guarded = true;
        _registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await StartAsync(
            server, ("Credential:User", FakeRegistry.User), ("Credential:Secret", FakeRegistry.Secret));
        await collector.AnsweredAsync(ask: false);
        int tokens = Tokens(server);
        await collector.AnsweredAsync();
        Assert.Equal(tokens, Tokens(server));

        _registry.TokenEpoch++;
        _registry.Push("team/app", "v2", FakeRegistry.Manifest(2));
        await collector.AnsweredAsync();
        Assert.Equal(2, collector.Observations.Count);
        Assert.Equal(2 * tokens, Tokens(server));
    }

    /// <summary>A secret goes to a realm over TLS only, or to the registry itself; what goes wrong there is told.</summary>
    [Theory]
    [InlineData("http://tokens.example.com/token", "unexpected", "its realm for tokens is no https address")]
    [InlineData("tokens", "unexpected", "its realm for tokens is no https address")]
    [InlineData("https://127.0.0.1:1/token", "unreachable", "no connection")]
    [InlineData("HERE/v2/_catalog?", "refused", "it does not accept the credential (401): see Credential")]
    public async Task A_realm_that_can_not_be_right_is_told_and_gets_no_secret(string realm, string trouble, string detail)
    {
        _registry.Guarded = true;
        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        _registry.Realm = realm.Replace("HERE", server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
        await using AskingCollector collector = await StartAsync(
            server, ("Credential:User", FakeRegistry.User), ("Credential:Secret", FakeRegistry.Secret));
        JsonElement error = await collector.FailsAsync(trouble);
        Assert.Equal(detail, error.GetProperty("detail").GetString());

        _registry.Realm = null;
        await collector.AnsweredAsync();
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_told_without_it()
    {
        _registry.Guarded = true;
        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await StartAsync(server, ("Credential:User", FakeRegistry.User), ("Credential:Secret", "not-the-secret"));
        JsonElement error = await collector.FailsAsync();
        Assert.Equal("refused", error.GetProperty("trouble").GetString());
        Assert.DoesNotContain("not-the-secret", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_those_of_their_digest_are_not_taken()
    {
        _registry.Push("team/app", "v1", FakeRegistry.Manifest(1));
        _registry.Corrupt = FakeRegistry.Manifest(2);
        await using FakeServer server = await FakeServer.StartAsync(_registry.AnswerAsync);
        await using AskingCollector collector = await StartAsync(server);
        JsonElement error = await collector.FailsAsync();
        Assert.Equal("unexpected", error.GetProperty("trouble").GetString());
        Assert.Empty(collector.Observations);
        _registry.Corrupt = null;
        await collector.AnsweredAsync();
        Assert.Single(collector.Observations);
    }

    private static int Tokens(FakeServer server) => server.Requests.Count(r => r.StartsWith("GET /token", StringComparison.Ordinal));

    private Task<AskingCollector> StartAsync(FakeServer server, params (string, string)[] settings) =>
        AskingCollector.StartAsync(Source.ArtifactRegistry, Folder, server.Address, "oci-distribution", settings);
}
