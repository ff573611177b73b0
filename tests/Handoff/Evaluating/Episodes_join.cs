using ReleaseIntegrity.Handoff.Evaluating;

namespace ReleaseIntegrity.Tests.Handoff.Evaluating;

public sealed class Episodes_join
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(999, 999)]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1010)]
    [InlineData(14_400_000, 14_400_000)]
    [InlineData(14_400_001, 14_500_000)]
    [InlineData(-5, 0)]
    public void A_span_is_rounded_up_to_three_digits(long ms, long expected) => Assert.Equal(expected, Episodes.Took(T0, T0.AddMilliseconds(ms)));

    /// <summary>Of what a package is the first to show only the earliest leads; what an earlier package showed counts for that one.</summary>
    [Fact]
    public void The_earliest_conflict_of_the_first_package_leads()
    {
        IReadOnlyList<Episode> joined = Episodes.Join(1, [], [(At(5), At(60)), (At(10), At(60)), (At(10), At(90)), (At(70), At(90)), (At(80), At(90))]);
        Assert.Equal(
            [(5, 60, true), (10, 60, false), (70, 90, true), (80, 90, false)],
            joined.Select(e => ((int)(e.BeganAt - T0).TotalMinutes, (int)(e.ReadyAt - T0).TotalMinutes, e.Leads)));
    }

    [Fact]
    public void Any_order_and_repetition_joins_to_the_same()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var dice = new Random(seed);
            (DateTimeOffset, DateTimeOffset)[] shown = [.. Enumerable.Range(0, dice.Next(1, 9)).Select(_ => (At(dice.Next(4)), At(10 + dice.Next(4))))];
            IReadOnlyList<Episode> at_once = Episodes.Join(1, [], shown);
            (DateTimeOffset, DateTimeOffset)[] again = [.. shown, .. shown];
            dice.Shuffle(again);
            IReadOnlyList<Episode> one_by_one = [];
            foreach ((DateTimeOffset, DateTimeOffset) one in again)
            {
                one_by_one = Episodes.Join(1, one_by_one, [one]);
            }

            Assert.Equal(at_once, one_by_one);
        }
    }

    private static DateTimeOffset At(int minutes) => T0.AddMinutes(minutes);
}
