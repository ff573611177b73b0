using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

public sealed class When_a_policy_is_refused
{
    public static TheoryData<string> Cases => [.. RefusalCases.All.Select(c => c.Name)];

    public static TheoryData<Field> SignedFields =>
        [.. Enum.GetValues<Field>().Where(f => f < Field.ObservedDigest)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_problem_names_the_place_and_the_fix(string name)
    {
        RefusalCase refusal = RefusalCases.All.Single(c => c.Name == name);
        (string yaml, int line, int column, string what) = refusal.Build();

        IReadOnlyList<PolicyProblem> problems = Documents.Refuse(yaml);

        PolicyProblem? problem = problems.FirstOrDefault(p => p.What == what);
        Assert.True(problem is not null, $"expected: {what}\nactual:\n{string.Join('\n', problems)}");
        Assert.Equal((Documents.FileName, line, column), (problem.File, problem.Line, problem.Column));
        if (refusal.Fix.EndsWith('…'))
        {
            Assert.StartsWith(refusal.Fix[..^1], problem.Fix, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(refusal.Fix, problem.Fix);
        }
    }

    /// <summary>I3, for each field that isn't the runtime's own.</summary>
    [Theory]
    [MemberData(nameof(SignedFields))]
    public void Runtime_validation_is_never_the_authority_of_a_signed_field(Field field)
    {
        string name = WireNames.Of(field);
        string authority = WireNames.Of(PolicyFile.Default().For(field).Authority);
        string yaml = Documents.Edit($"  {name}:", $"authority: {authority}", "authority: runtime-validation");

        PolicyProblem problem = Assert.Single(Documents.Refuse(yaml), p => p.What.StartsWith("runtime-validation can't", StringComparison.Ordinal));

        Assert.Contains($"'{name}'", problem.What, StringComparison.Ordinal);
        Assert.Equal($"write `authority: {authority}`; runtime-validation may confirm", problem.Fix);
    }

    [Theory]
    [InlineData(Field.ManifestDigest)]
    [InlineData(Field.TagToDigest)]
    [InlineData(Field.Repository)]
    [InlineData(Field.ApprovedTuple)]
    [InlineData(Field.ApprovalTime)]
    [InlineData(Field.ReviewerState)]
    public void What_was_approved_has_no_write_target_whoever_the_authority_is(Field field)
    {
        string name = WireNames.Of(field);
        string yaml = Documents.Edit($"  {name}:", "writeTargets: []", "writeTargets: [change-snapshot]");

        Assert.Single(Documents.Refuse(yaml), p => p.What.StartsWith($"'{name}' says what was approved", StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_told_at_once_in_document_order()
    {
        string yaml = Documents.Default
            .Replace("skewAllowance: 5m", "skewAllowance: soon", StringComparison.Ordinal)
            .Replace("approvalBinds: tuple", "approvalBinds: tupel", StringComparison.Ordinal)
            .Replace("mask: text", "mask: txt", StringComparison.Ordinal);

        IReadOnlyList<PolicyProblem> problems = Documents.Refuse(yaml);

        Assert.Equal(["skewAllowance", "approvalBinds", "fields.exception-notes.mask"], problems.Select(p => p.What.Split(" in ")[^1].Replace(" is no duration", "", StringComparison.Ordinal)));
        Assert.Equal(problems.OrderBy(p => p.Line), problems);
    }

    [Fact]
    public void A_problem_reads_as_a_terminal_expects_it()
    {
        string yaml = Documents.Default.Replace("approvalBinds: tuple", "approvalBinds: tupel", StringComparison.Ordinal);

        int line = 1 + Array.FindIndex(yaml.Split('\n'), l => l.StartsWith("approvalBinds", StringComparison.Ordinal));
        Assert.Equal(
            $"my-policy.yaml:{line}:16: unknown binding 'tupel' in approvalBinds; did you mean 'tuple'? known: tuple, change",
            Documents.Parse(yaml).ToString());
    }

    [Fact]
    public void A_flood_of_problems_is_cut()
    {
        string yaml = Documents.Default + string.Concat(Enumerable.Range(0, 300).Select(i => $"extra-{i}: 1\n"));

        IReadOnlyList<PolicyProblem> problems = Documents.Refuse(yaml);

        Assert.Equal(PolicyDocument.MaxProblems, problems.Count);
        Assert.Equal("there are more problems than these", problems[^1].What);
    }

    [Fact]
    public void An_empty_document_is_refused()
    {
        Assert.Equal("my-policy.yaml:1:1: the document is empty; start from default-policy.yaml", Documents.Parse("# nothing\n").ToString());
    }

    [Fact]
    public void Broken_syntax_is_refused_where_it_breaks()
    {
        string yaml = Documents.Edit("scope:", "repositories: []", "repositories: [\"a");

        PolicyProblem problem = Assert.Single(Documents.Refuse(yaml));

        Assert.StartsWith("not readable as YAML: ", problem.What, StringComparison.Ordinal);
        Assert.InRange(problem.Line, 1, yaml.Count(c => c == '\n') + 1);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_where_they_stand()
    {
        byte[] yaml = [.. Encoding.UTF8.GetBytes("schema: policy/v1\nversion: \"é"), 0xC3, 0x28];

        Assert.Equal("x:2:12: the document isn't UTF-8 here; save it as UTF-8", PolicyDocument.Parse(yaml, "x").ToString());
    }

    [Fact]
    public void A_document_over_the_limit_is_refused_unread_and_one_at_the_limit_is_not()
    {
        string padding = new(' ', PolicyDocument.MaxBytes - Documents.Default.Length - 2);
        string full = $"{Documents.Default}#{padding}\n";
        Assert.Equal(PolicyDocument.MaxBytes, Encoding.UTF8.GetByteCount(full));

        Documents.Load(full);
        Assert.Equal(
            "my-policy.yaml: larger than 1024 KiB; this is no policy, or needs patterns in place of lists",
            Documents.Parse(full + "#").ToString());
    }
}
