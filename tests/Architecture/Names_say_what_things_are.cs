using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>A type whose name ends in a word that fits everything has no one job.</summary>
public sealed class Names_say_what_things_are
{
    private static readonly string[] Empty =
    [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base",
    ];

    /// <summary>The base of evidence that a ledger rests on: here the word is the thing.</summary>
    private static readonly string[] Meant = ["ReleaseIntegrity.Core.EvidenceBase"];

    [Fact]
    public void No_type_is_named_by_an_empty_word() => Rule.Holds(CompiledCode.Product.SelectMany(EmptyNames));

    [Fact]
    public void A_type_that_is_seeded_is_seen() => Assert.Equal(
        [
            "ReleaseIntegrity.Tests.Architecture.Seeded.LedgerManager",
            "ReleaseIntegrity.Tests.Architecture.Seeded.LedgerManager/RowHelper",
        ],
        EmptyNames(CompiledCode.Seeded(typeof(Seeded.LedgerManager))));

    private static IEnumerable<string> EmptyNames(CompiledCode code) => code.Types
        .Where(t => Empty.Any(e => t.Split('`')[0].EndsWith(e, StringComparison.Ordinal)))
        .Where(t => !Meant.Contains(t) && !IsGenerated(t));

    /// <summary>The gRPC compiler names the class that a service derives from <c>…Base</c>.</summary>
    private static bool IsGenerated(string type) => type.Contains(".V1.", StringComparison.Ordinal);
}
