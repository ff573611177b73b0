using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>
/// After an outage records that are hours old come one after the other: what asks for a package waits for the rest.
/// </summary>
public sealed class When_records_come_together : IAsyncLifetime
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly SqliteUnderTest _engine = new();
    private readonly FakeTimeProvider _clock = new(Say.T0);
    private Rig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        await _engine.InitializeAsync();
        _rig = new Rig(_engine.Store, _clock, settling: Settling);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_give_one_package_in_whatever_order(bool reversed)
    {
        foreach (Observation observation in reversed ? Say.Scenario.Reverse() : Say.Scenario)
        {
            await _rig.FoldAsync(observation);
        }

        Assert.Empty(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        await _rig.AdvanceToAsync(Say.T0 + Settling);
        CorrectionPackagePrepared package = Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        Assert.Equal(await AtOnceAsync(Say.Scenario), package.PackageId);
        await _rig.AdvanceToAsync(Say.T0.AddMinutes(5));
        Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
    }

    [Fact]
    public async Task The_holds_are_told_at_once()
    {
        await _rig.FoldAsync(Say.Scenario);
        Assert.NotEmpty(Assert.Single(await _rig.PublishedAsync<HoldsChanged>()).Opened);
        Assert.True(Assert.Single(await _rig.PublishedAsync<CaseChanged>()).OnHold);
    }

    [Fact]
    public async Task More_of_them_put_nothing_off()
    {
        await _rig.FoldAsync(Say.Scenario);
        for (int i = 0; i < 3; i++)
        {
            _clock.Advance(Settling / 4);
            await _rig.FoldAsync(Say.Pod(Say.Tuple, Say.B, Say.T0.AddMinutes(-30), $"pod-{i}"));
        }

        await _rig.AdvanceToAsync(Say.T0.AddMinutes(1));
        Assert.Equal(Say.T0 + Settling, Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>()).PreparedAt);
    }

    [Fact]
    public async Task What_the_next_one_settles_is_no_package()
    {
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.A, Say.T0.AddHours(-9)), Say.Entry(41, Say.T0.AddHours(-2), Say.Tuple, "k", Say.B));
        _clock.Advance(Settling / 2);
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.B, Say.T0.AddHours(-1)));
        await _rig.AdvanceToAsync(Say.T0.AddHours(9));
        Assert.Empty(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        Assert.Empty(await _rig.PublishedAsync<CorrectionPackageClosed>());
    }

    [Fact]
    public async Task A_case_without_a_package_is_told_that_its_tuple_is_no_longer_in_scope()
    {
        ImageReference unscoped = Say.Tuple with { Tag = "try-1" };
        await _rig.FoldAsync(
            Say.Tag(unscoped, Say.A, Say.T0.AddHours(-9)), Say.Change(unscoped, Say.B, Say.T0.AddHours(-3), "k", Say.T0.AddHours(-3)));
        Assert.True(Assert.Single(await _rig.PublishedAsync<CaseChanged>()).OnHold);

        // The change, which alone named the tuple, was about another one.
        await _rig.FoldAsync(Say.Change(Say.Tuple with { Tag = "try-2" }, Say.B, Say.T0.AddHours(-3), "k", Say.T0.AddHours(-2), revision: 2));
        await _rig.AdvanceToAsync(Say.T0.AddMinutes(1));
        Assert.DoesNotContain(await _rig.PublishedAsync<CorrectionPackagePrepared>(), p => p.Tuple == unscoped);
        Assert.False((await _rig.PublishedAsync<CaseChanged>()).Last(c => c.Tuple == unscoped).OnHold);
    }

    [Fact]
    public async Task A_process_that_starts_meanwhile_prepares_it()
    {
        await _rig.FoldAsync(Say.Scenario);
        var next = new Rig(_engine.Store, _clock, settling: Settling);
        await next.AdvanceToAsync(Say.T0 + Settling);
        Assert.Single(await next.PublishedAsync<CorrectionPackagePrepared>());
    }

    private static async Task<string> AtOnceAsync(IReadOnlyList<Observation> observations)
    {
        await using var engine = new SqliteUnderTest();
        await engine.InitializeAsync();
        var rig = new Rig(engine.Store, new FakeTimeProvider(Say.T0));
        await rig.FoldAsync(observations);
        return Assert.Single(await rig.PublishedAsync<CorrectionPackagePrepared>()).PackageId;
    }
}
