using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// The audit counts what the engine hid, and the worlds know what is true. Both are worth something only as long as neither
/// borrows from what they judge.
/// </summary>
public sealed class Judges_share_nothing_with_the_judged
{
    private static readonly string[] Judges = ["ReleaseIntegrity.Auditing", "ReleaseIntegrity.Worlds"];

    [Fact]
    public void They_refer_to_the_contracts_alone() => Rule.Holds(Judges.SelectMany(j => Borrowed(CompiledCode.Of(j))));

    [Fact]
    public void A_reference_that_is_seeded_is_seen() =>
        Assert.Contains("ReleaseIntegrity.Tests.Architecture refers to MassTransit.Abstractions", Borrowed(CompiledCode.Seeded()));

    private static IEnumerable<string> Borrowed(CompiledCode code) => code.References
        .Where(r => r != "ReleaseIntegrity.Contracts" && !r.StartsWith("System.", StringComparison.Ordinal))
        .Select(r => $"{code.Name} refers to {r}");
}
