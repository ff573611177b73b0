using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

public sealed class When_a_policy_file_is_named : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policies-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_read_and_problems_carry_its_path()
    {
        string path = Path.Combine(_folder, "p.yaml");
        File.WriteAllText(path, Documents.Default.Replace("approvalBinds: tuple", "approvalBinds: all", StringComparison.Ordinal));

        Assert.Equal(path, Assert.Single(Refuse(path)).File);
    }

    [Fact]
    public void A_missing_file_is_a_problem_not_an_exception()
    {
        string path = Path.Combine(_folder, "none.yaml");

        Assert.Equal(
            $"{path}: can't be read: there is no such file; check the path, or leave it out to use default-policy.yaml",
            Assert.Single(Refuse(path)).ToString());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_is_no_file_is_a_problem(string path) => Assert.StartsWith("can't be read: ", Assert.Single(Refuse(path)).What, StringComparison.Ordinal);

    [Fact]
    public void A_huge_file_is_refused_without_reading_it_all()
    {
        string path = Path.Combine(_folder, "huge.yaml");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(1L << 33);
        }

        Assert.Equal("larger than 1024 KiB", Assert.Single(Refuse(path)).What);
    }

    private static IReadOnlyList<PolicyProblem> Refuse(string path) => Assert.IsType<PolicyResult.Refused>(PolicyFile.Load(path)).Problems;
}
