using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

/// <summary>No word of a policy can be mistyped without being told so, and told which word was meant.</summary>
public sealed partial class When_a_word_is_mistyped
{
    private static readonly HashSet<string> Vocabulary = new(StringComparer.Ordinal)
    {
        "schema", "version", "scope", "repositories", "authoritativeInstances", "aliases", "skewAllowance",
        "clockResolution", "approvalBinds", "entries", "predicateTypes", "signers", "package", "deadline", "lifetime",
        "fields", "authority", "confirmers", "freshness", "allowance", "mask", "writeTargets", "disagreements",
        "rule", "differs", "signed", "then", "reason", "write", "hold",
    };

    static When_a_word_is_mistyped()
    {
        Vocabulary.UnionWith(WireNames.All<Field>());
        Vocabulary.UnionWith(WireNames.All<Source>());
        Vocabulary.UnionWith(WireNames.All<MaskClass>());
        Vocabulary.UnionWith(WireNames.All<HoldReason>());
        Vocabulary.UnionWith(WireNames.All<ApprovalBinding>());
    }

    [Fact]
    public void It_is_refused_on_its_line_with_the_word_that_was_meant()
    {
        string[] lines = Documents.Default.Split('\n');
        int tried = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith('#'))
            {
                continue;
            }

            // The name of a rule is free; every other word that the document uses is one of the vocabulary.
            foreach (Match word in Words().Matches(lines[i]).Where(w => Vocabulary.Contains(w.Value) && !lines[i][..w.Index].EndsWith("rule: ", StringComparison.Ordinal)))
            {
                int middle = word.Index + (word.Length / 2);
                string[] typo = [.. lines];
                typo[i] = lines[i].Remove(middle, 1);

                IReadOnlyList<PolicyProblem> problems = Documents.Refuse(string.Join('\n', typo));
                Assert.True(
                    problems.Any(p => p.Line == i + 1 && p.Fix.StartsWith($"did you mean '{word.Value}'?", StringComparison.Ordinal)),
                    $"'{typo[i]}': {string.Join('\n', problems)}");
                tried++;
            }
        }

        Assert.InRange(tried, 250, 1000);
    }

    [Theory]
    [InlineData("mask", "mask", 0)]
    [InlineData("msak", "mask", 1)]
    [InlineData("mas", "mask", 1)]
    [InlineData("maskk", "mask", 1)]
    [InlineData("mosk", "mask", 1)]
    [InlineData("", "mask", 4)]
    public void Distance_counts_edits_and_swaps(string typed, string known, int distance)
    {
        Assert.Equal(distance, Suggestion.Distance(typed, known));
        Assert.Equal(distance, Suggestion.Distance(known, typed));
    }

    [Fact]
    public void A_far_word_gets_no_suggestion()
    {
        Assert.Null(Suggestion.Nearest("kubernetes", WireNames.All<Source>()));
        Assert.Null(Suggestion.Nearest(new string('a', 1_000_000), WireNames.All<Source>()));
    }

    [GeneratedRegex("[A-Za-z][A-Za-z-]*[A-Za-z]")]
    private static partial Regex Words();
}
