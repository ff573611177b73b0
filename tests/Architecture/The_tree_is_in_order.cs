using System.Text.RegularExpressions;
using System.Xml.Linq;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>What a newcomer relies on: one solution that has everything, one place for versions, files of readable size.</summary>
public sealed partial class The_tree_is_in_order
{
    private const int MostLines = 330;

    [Fact]
    public void Every_project_is_in_the_solution() => Rule.Holds(Missing(Tree.Text(Tree.Solution), Tree.Projects));

    [Fact]
    public void The_solution_names_no_project_that_is_gone() =>
        Rule.Holds(InSolution(Tree.Text(Tree.Solution)).Except(Tree.Projects));

    [Fact]
    public void The_solution_is_of_the_classic_format()
    {
        Assert.True(IsClassic(Tree.Text(Tree.Solution)));
        Assert.DoesNotContain(Tree.Files, f => f.EndsWith(".slnx", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_package_version_is_central()
    {
        IReadOnlyDictionary<string, string> central = Central();

        Rule.Holds(Tree.Projects.SelectMany(p => OwnVersions(ProjectFile.Read(p), central)));
        Assert.DoesNotContain(central, v => !Exact().IsMatch(v.Value));
    }

    [Fact]
    public void No_file_of_code_is_longer_than_can_be_read() => Rule.Holds(Tree.Files
        .Where(f => f.StartsWith("services/", StringComparison.Ordinal) || f.StartsWith("contracts/", StringComparison.Ordinal))
        .Where(f => Path.GetExtension(f) is ".cs" or ".sql" or ".razor" or ".js")
        .SelectMany(f => TooLong(f, Tree.Text(f))));

    [Fact]
    public void Every_assembly_of_the_product_is_under_the_rules()
    {
        string[] projects = [.. Tree.Projects
            .Where(p => p.StartsWith("services/", StringComparison.Ordinal) || p.StartsWith("contracts/", StringComparison.Ordinal))
            .Select(p => Path.GetFileNameWithoutExtension(p))
            .Order(StringComparer.Ordinal)];

        Assert.Equal(projects, CompiledCode.Product.Select(c => c.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_seeded_is_seen()
    {
        const string Line = """Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "A", "services\A\A.csproj", "{0}" """;
        Assert.Equal(["services/B/B.csproj"], Missing(Line, ["services/A/A.csproj", "services/B/B.csproj"]));
        Assert.Equal(["services/A/A.csproj"], InSolution(Line));
        Assert.False(IsClassic("<Solution><Project Path=\"services/A/A.csproj\" /></Solution>"));

        ProjectFile seeded = ProjectFile.Parse("A", """
            <Project><ItemGroup>
              <PackageReference Include="Dapper" Version="2.1.86" />
              <PackageReference Include="Nowhere" />
            </ItemGroup></Project>
            """);
        Assert.Equal(
            ["A states a version of Dapper", "A refers to Nowhere, which has no central version"],
            OwnVersions(seeded, new Dictionary<string, string> { ["Dapper"] = "2.1.86" }));
        Assert.DoesNotMatch(Exact(), "10.*");
        Assert.DoesNotMatch(Exact(), "[1.0,2.0)");

        Assert.Single(TooLong("a.cs", string.Concat(Enumerable.Repeat("x\n", MostLines + 1))));
        Assert.Empty(TooLong("a.cs", string.Concat(Enumerable.Repeat("x\n", MostLines))));
    }

    private static IEnumerable<string> Missing(string solution, IEnumerable<string> projects) => projects.Except(InSolution(solution));

    private static IEnumerable<string> InSolution(string solution) =>
        ProjectLine().Matches(solution).Select(m => m.Groups["path"].Value.Replace('\\', '/'));

    private static bool IsClassic(string solution) =>
        solution.Contains("Microsoft Visual Studio Solution File, Format Version 12.00", StringComparison.Ordinal);

    private static IReadOnlyDictionary<string, string> Central() => XElement.Parse(Tree.Text("Directory.Packages.props"))
        .Descendants("PackageVersion")
        .ToDictionary(v => (string)v.Attribute("Include")!, v => (string?)v.Attribute("Version") ?? "");

    private static IEnumerable<string> OwnVersions(ProjectFile project, IReadOnlyDictionary<string, string> central)
    {
        foreach (PackageReference package in project.Packages)
        {
            if (package.Version is not null)
            {
                yield return $"{project.Name} states a version of {package.Name}";
            }
            else if (!central.ContainsKey(package.Name))
            {
                yield return $"{project.Name} refers to {package.Name}, which has no central version";
            }
        }
    }

    private static IEnumerable<string> TooLong(string path, string text)
    {
        int lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        return lines > MostLines ? [$"{path} has {lines} lines; at most {MostLines} are read in one go"] : [];
    }

    [GeneratedRegex(@"""(?<path>[^""]+\.csproj)""")]
    private static partial Regex ProjectLine();

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[\w.]+)?$")]
    private static partial Regex Exact();
}
