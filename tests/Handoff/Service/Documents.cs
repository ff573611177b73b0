using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Random documents with a property that a test needs.</summary>
internal static class Documents
{
    /// <summary>The first random document, from a seed on, whose ledger has a hold.</summary>
    public static RandomDocument WithHold(int seed) =>
        Enumerable.Range(seed, 100).Select(s => new RandomDocument(s)).First(r => Held(r).Any());

    /// <summary>A held field of the ledger.</summary>
    public static string HeldField(RandomDocument random) => Held(random).First();

    private static IEnumerable<string> Held(RandomDocument random) =>
        random.Ledger["fields"]!.AsArray().Where(f => f!["hold"] is not null).Select(f => (string)f!["field"]!);
}
