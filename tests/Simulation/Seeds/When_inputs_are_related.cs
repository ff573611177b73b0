using ReleaseIntegrity.Simulation.Deterministic.Checking;

namespace ReleaseIntegrity.Tests.Simulation;

/// <summary>Metamorphic relations: what a change of the input may change of the result.</summary>
public sealed class When_inputs_are_related
{
    private const ulong Seeds = 300;

    [Fact]
    public void A_source_that_says_the_same_again_changes_nothing() => Holds(Relations.Resync_changes_nothing);

    [Fact]
    public void A_record_that_agrees_opens_no_hold() => Holds(Relations.An_agreeing_record_opens_no_hold);

    [Fact]
    public void Rules_by_other_names_decide_the_same() => Holds(Relations.Renamed_rules_decide_the_same);

    [Fact]
    public void Masked_packages_differ_where_packages_do() => Holds(Relations.Masking_commutes_with_comparing);

    private static void Holds(Func<ulong, string?> relation)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Assert.Null(relation(seed));
        }
    }
}
