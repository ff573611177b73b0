using System.Text;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.Tests.Worlds;

public sealed class A_world_is_made_from_its_seed
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes() => Assert.Equal(Text(World.Generate(7)), Text(World.Generate(7)));

    [Fact]
    public void Another_seed_gives_another_world() => Assert.NotEqual(Text(World.Generate(7)), Text(World.Generate(8)));

    [Fact]
    public void A_stream_goes_on_with_the_following_numbers() =>
        Assert.Equal([5, 6, 7], World.Stream(5).Take(3).Select(w => w.Seed));

    [Fact]
    public void Deliveries_come_in_the_order_of_their_receipt_and_end_before_the_end() => Assert.All(World.Stream(0).Take(50), world =>
    {
        Assert.Equal(world.Deliveries.Select(d => d.ReceivedAt).Order(), world.Deliveries.Select(d => d.ReceivedAt));
        Assert.True(world.Deliveries[^1].ReceivedAt < world.End);
        Assert.True(world.End - world.Deliveries[0].ReceivedAt < TimeSpan.FromDays(4));
    });

    [Fact]
    public void Every_drift_happens_and_only_those_that_were_asked_for()
    {
        Assert.Equal(Enum.GetValues<Drift>(), World.Stream(0).Take(300).SelectMany(w => w.Artifacts).SelectMany(a => a.Drifts).Distinct().Order());

        var only = new WorldOptions { Drifts = new HashSet<Drift> { Drift.TagMovedBack }, DriftShare = 1 };
        Assert.Equal([Drift.TagMovedBack], World.Stream(0, only).Take(20).SelectMany(w => w.Artifacts).SelectMany(a => a.Drifts).Distinct());
    }

    [Fact]
    public void Repeated_events_are_the_same_bytes_received_again()
    {
        var only = new WorldOptions { Drifts = new HashSet<Drift> { Drift.RepeatedEvents }, DriftShare = 1 };

        Assert.Contains(World.Generate(3, only).Deliveries.GroupBy(d => (d.Format, Encoding.UTF8.GetString(d.Body.Span))), g => g.Count() > 1);
    }

    private static string Text(World world) => string.Join('\n', world.Deliveries.Select(d =>
        $"{d.ReceivedAt:O} {d.Source} {d.Format} {string.Join(';', d.Headers.Select(h => $"{h.Key}={h.Value}"))} {Encoding.UTF8.GetString(d.Body.Span)}"));
}
