using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// Documents, messages, stores, policies and scripts of others spell these names. Adding one is a change of
/// <c>PublishedNames.approved.txt</c> in the same commit; renaming or removing one breaks who reads them.
/// </summary>
public sealed class Published_names_are_frozen
{
    private const string Approved = "tests/Architecture/PublishedNames.approved.txt";

    [Fact]
    public void The_published_names_are_the_approved_ones()
    {
        IReadOnlyList<string> changes = Changes(Tree.Text(Approved), Published());

        Assert.True(changes.Count == 0, $"not as in {Approved}:\n{string.Join('\n', changes)}");
    }

    [Fact]
    public void A_name_that_is_seeded_is_seen() => Assert.Equal(
        ["- source artifact-registry", "+ source registry"],
        Changes("source artifact-registry\nsource signature-ledger\n", ["source registry", "source signature-ledger"]));

    private static string[] Published() =>
    [
        .. Names<Field>("field"), .. Names<Source>("source"), .. Names<RecordKind>("record-kind"),
        .. Names<DigestKind>("digest-kind"), .. Names<Approval>("approval"), .. Names<ItemOutcome>("item-outcome"),
        .. Names<NormaliseOutcome>("normalise-outcome"), .. Names<FieldState>("field-state"),
        .. Names<HoldReason>("hold-reason"), .. Names<CandidateOutcome>("candidate-outcome"),
        .. Names<ReleasePredicate>("release-predicate"), .. Names<AlternativeNeed>("alternative-need"),
        .. Names<MaskClass>("mask-class"),
    ];

    private static IEnumerable<string> Names<T>(string prefix)
        where T : struct, Enum => WireNames.All<T>().Select(n => $"{prefix} {n}");

    private static IReadOnlyList<string> Changes(string approved, IReadOnlyCollection<string> published)
    {
        string[] lines = approved.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. lines.Except(published).Select(l => $"- {l}"), .. published.Except(lines).Select(l => $"+ {l}")];
    }
}
