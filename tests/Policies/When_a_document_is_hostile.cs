using System.Diagnostics;
using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

public sealed class When_a_document_is_hostile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void An_alias_bomb_is_refused_before_it_is_written_out()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        PolicyProblem problem = Assert.Single(Documents.Refuse(bomb.ToString()));
        Assert.Equal((5, "more than 50000 values with aliases written out"), (problem.Line, problem.What));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("&a [*a, ")]
    public void Nesting_without_end_is_refused(string open)
    {
        var watch = Stopwatch.StartNew();
        string yaml = string.Concat(Enumerable.Repeat(open, PolicyDocument.MaxBytes / open.Length));

        Assert.NotEmpty(Documents.Refuse(yaml));
        Assert.True(watch.Elapsed < Patience, $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a: 1\n")]
    [InlineData("- b\n")]
    [InlineData("'")]
    [InlineData("é")]
    [InlineData("---\n")]
    [InlineData("{ from: a.io, to: b.io }, ")]
    public void A_megabyte_of_anything_ends_in_time(string piece)
    {
        var watch = Stopwatch.StartNew();
        string text = string.Concat(Enumerable.Repeat(piece, PolicyDocument.MaxBytes / Encoding.UTF8.GetByteCount(piece) - 4));

        Assert.NotEmpty(Documents.Refuse(piece[0] == '{' ? $"aliases: [{text[..^2]}]" : text));
        Assert.True(watch.Elapsed < Patience, $"took {watch.Elapsed}");
    }

    /// <summary>Any bytes end as a policy or as problems with a place within the document, never as an exception.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_mutation_of_the_shipped_policy_gives_a_policy_or_problems(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 400; round++)
        {
            byte[] mutant = Mutate(PolicyFile.DefaultBytes(), random);
            int lines = mutant.Count(b => b is (byte)'\n' or (byte)'\r' or 0x85) + 2;

            switch (PolicyDocument.Parse(mutant, "mutant"))
            {
                case PolicyResult.Loaded { Policy: var policy }:
                    AssertComplete(policy);
                    break;
                case PolicyResult.Refused { Problems: var problems }:
                    Assert.NotEmpty(problems);
                    Assert.All(problems, p => Assert.InRange(p.Line, 0, lines));
                    Assert.All(problems, p => Assert.False(string.IsNullOrWhiteSpace(p.What) || string.IsNullOrWhiteSpace(p.Fix)));
                    break;
                default:
                    Assert.Fail("neither a policy nor problems");
                    break;
            }
        }
    }

    private static void AssertComplete(Policy policy)
    {
        Assert.Equal(Enum.GetValues<Field>(), policy.Fields.Select(f => f.Field));
        Assert.Equal(Enum.GetValues<Source>().Length, policy.ClockResolution.Count);
        Assert.All(policy.Fields, f => Assert.True(f.Authority != Source.RuntimeValidation || f.Field >= Field.ObservedDigest));
        Assert.All(policy.Fields, f => Assert.Subset(new HashSet<Source> { Source.ChangeSnapshot }, f.WriteTargets.ToHashSet()));
    }

    private static byte[] Mutate(byte[] document, Random random)
    {
        const string Alphabet = "[]{}&*:-#\"'\n\t ,?|>!%@`\0\r\u0085abz019~<";
        var bytes = new List<byte>(document);
        for (int edits = random.Next(1, 6); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes([Alphabet[random.Next(Alphabet.Length)]]));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(200), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(at + 1), Math.Min(60, at / 2)));
                    break;
                default:
                    (bytes[at], bytes[0]) = (bytes[0], bytes[at]);
                    break;
            }
        }

        return [.. bytes];
    }
}
