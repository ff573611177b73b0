using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Revisions that can't be told apart are held, and their source is asked again: once for each time that it happens.</summary>
public sealed class When_an_authority_contradicts_itself : IAsyncLifetime
{
    private static readonly DateTimeOffset Later = Say.T0.AddHours(30);

    private readonly SqliteUnderTest _engine = new();
    private readonly FakeTimeProvider _clock = new(Say.T0.AddHours(1));
    private Rig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        await _engine.InitializeAsync();
        _rig = new Rig(_engine.Store, _clock);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Its_instance_is_asked_for_the_record_once_for_each_opening_of_the_hold()
    {
        Observation[] twice = [Say.Tag(Say.Tuple, Say.A, Say.T0), Say.Tag(Say.Tuple, Say.B, Say.T0)];
        await _rig.FoldAsync(Say.Change(Say.Tuple, Say.B, Say.T0, "key", Say.T0), twice[0]);
        await _rig.AdvanceToAsync(Later);
        Assert.Empty(await AskedAsync());

        await _rig.FoldAsync(twice[1]);
        ResyncRequested asked = Assert.Single(await AskedAsync());
        Assert.Equal(new ResyncRequested(Source.ArtifactRegistry, Say.Registry, Say.Tuple.ToString(), "authority-conflict"), asked);

        // Redelivered, read again, and with whatever else changes the ledger: it is the same conflict.
        await _rig.FoldAsync(twice);
        await _rig.FoldAsync(twice[1].ReadAt(Later));
        await _rig.FoldAsync(Say.Pod(Say.Tuple, Say.A, Later));
        await _rig.AdvanceToAsync(Later.AddDays(1));
        Assert.Single(await AskedAsync());

        // It ends, and begins anew.
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.B, Later));
        Assert.DoesNotContain("authority-conflict", await _rig.LedgerAsync(Say.Tuple), StringComparison.Ordinal);
        Assert.Single(await AskedAsync());
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.A, Later));
        await _rig.AdvanceToAsync(Later.AddDays(2));
        Assert.Equal([asked, asked], await AskedAsync());
    }

    [Fact]
    public async Task While_it_converges_nobody_is_asked()
    {
        _clock.SetUtcNow(Later);
        await _rig.FoldAsync(
            Say.Change(Say.Tuple, Say.B, Say.T0, "key", Say.T0), Say.Tag(Say.Tuple, Say.A, Later), Say.Tag(Say.Tuple, Say.B, Later));
        Assert.Empty(await AskedAsync());
        await _rig.AdvanceToAsync(Later.AddDays(1));
        Assert.Single(await AskedAsync());
    }

    [Fact]
    public async Task What_is_held_for_another_reason_or_out_of_scope_asks_nobody()
    {
        ImageReference stray = Say.Tuple with { Tag = "dev" };
        await _rig.FoldAsync([.. Say.Scenario, Say.Tag(stray, Say.A, Say.T0), Say.Tag(stray, Say.B, Say.T0)]);
        await _rig.AdvanceToAsync(Later);
        Assert.NotEmpty(await _rig.PublishedAsync<HoldsChanged>());
        Assert.Empty(await AskedAsync());
    }

    [Fact]
    public async Task Of_several_instances_that_differ_each_is_asked()
    {
        await _rig.FoldAsync(
            Say.Change(Say.Tuple, Say.B, Say.T0, "key", Say.T0),
            Say.Pod(Say.Tuple, Say.A, Say.T0, cluster: "prod-us-1"),
            Say.Pod(Say.Tuple, Say.B, Say.T0, cluster: "prod-eu-1"));
        await _rig.AdvanceToAsync(Later);
        Assert.Equal(
            [("prod-eu-1", "prod-eu-1/pod-1/api"), ("prod-us-1", "prod-us-1/pod-1/api")],
            (await AskedAsync()).Select(a => (a.Instance, a.Target)));
    }

    private Task<IReadOnlyList<ResyncRequested>> AskedAsync() => _rig.PublishedAsync<ResyncRequested>();
}
