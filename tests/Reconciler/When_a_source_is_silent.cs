using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Fields age while nobody hears their source; a resync that finds nothing new is hearing it.</summary>
public sealed class When_a_source_is_silent : IAsyncLifetime
{
    private readonly SqliteUnderTest _engine = new();
    private readonly FakeTimeProvider _clock = new(Say.T0);
    private Rig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _engine.InitializeAsync();
        _rig = new Rig(_engine.Store, _clock);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task The_stale_field_names_it_and_an_answer_without_news_makes_it_fresh_again()
    {
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.A, Say.T0));
        await _rig.AdvanceToAsync(Say.T0.AddDays(8));
        JsonNode stale = await ActiveTagsAsync();
        Assert.Equal("stale", (string)stale["state"]!);
        JsonNode silent = Assert.Single(stale["candidates"]!.AsArray())!;
        Assert.Equal("artifact-registry", (string)silent["source"]!);
        Assert.Equal(Say.Registry, (string)silent["instance"]!);
        Assert.Equal("its source instance was not heard within the freshness window", (string)silent["why"]!);

        // Another instance that answers doesn't help this one.
        await _rig.Folder.HearAsync([(Source.ArtifactRegistry, "mirror.example.com", Say.T0.AddDays(8))], Ct);
        Assert.Equal("stale", (string)(await ActiveTagsAsync())["state"]!);
        await _rig.Folder.HearAsync([(Source.ArtifactRegistry, Say.Registry, Say.T0.AddDays(8))], Ct);
        Assert.Equal("agreed", (string)(await ActiveTagsAsync())["state"]!);

        // An answer that comes late, or twice, changes nothing.
        await _rig.Folder.HearAsync([(Source.ArtifactRegistry, Say.Registry, Say.T0)], Ct);
        Assert.Equal("agreed", (string)(await ActiveTagsAsync())["state"]!);
    }

    /// <summary>Somebody else speaks, and does not take the silent authority's place.</summary>
    [Fact]
    public async Task The_held_field_names_it_where_somebody_else_contradicts_it()
    {
        await _rig.FoldAsync(
            Say.Tag(Say.Tuple, Say.A, Say.T0.AddHours(-9)),
            Say.Entry(1, Say.T0.AddHours(-9), Say.Tuple with { Tag = null }, "k", Say.A),
            Say.Change(Say.Tuple, Say.B, Say.T0.AddHours(-8), "k", Say.T0.AddHours(-8)));
        JsonNode heard = await FieldAsync("tag-to-digest");
        await _rig.AdvanceToAsync(Say.T0.AddDays(8));
        JsonNode held = await FieldAsync("tag-to-digest");

        Assert.NotEqual("authority-stale", (string?)heard["hold"]?["reason"]);
        Assert.Equal(("held", "authority-stale"), ((string)held["state"]!, (string)held["hold"]!["reason"]!));
        JsonNode silent = Assert.Single(held["candidates"]!.AsArray(), c => (string)c!["source"]! == "artifact-registry")!;
        Assert.Equal(Say.Registry, (string)silent["instance"]!);
        Assert.Equal("its source instance was not heard within the freshness window", (string)silent["why"]!);
        Assert.DoesNotContain(
            held["candidates"]!.AsArray(),
            c => (string)c!["source"]! != "artifact-registry" && ((string)c["why"]!).Contains("not heard", StringComparison.Ordinal));

        await _rig.Folder.HearAsync([(Source.ArtifactRegistry, Say.Registry, Say.T0.AddDays(8))], Ct);
        Assert.NotEqual("authority-stale", (string?)(await FieldAsync("tag-to-digest"))["hold"]?["reason"]);
    }

    private Task<JsonNode> ActiveTagsAsync() => FieldAsync("active-tags");

    private async Task<JsonNode> FieldAsync(string field) => JsonNode.Parse(await _rig.LedgerAsync(Say.Tuple))!["fields"]!.AsArray()
        .Single(f => (string)f!["field"]! == field)!;
}
