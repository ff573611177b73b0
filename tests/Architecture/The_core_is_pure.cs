using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>The core decides from what it is given: no clock, no chance, no I/O, and so equal bytes everywhere.</summary>
public sealed class The_core_is_pure
{
    private const string Core = "services/reconciler/Core/ReleaseIntegrity.Core.csproj";
    private const string BannedSymbols = "services/reconciler/Core/BannedSymbols.txt";
    private const string Analyzer = "Microsoft.CodeAnalysis.BannedApiAnalyzers";

    /// <summary>What no revision of the banned list may leave out.</summary>
    private static readonly string[] MustBeBanned =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow",
        "T:System.TimeProvider", "T:System.Diagnostics.Stopwatch", "M:System.Guid.NewGuid", "T:System.Random",
        "T:System.Security.Cryptography.RandomNumberGenerator", "N:System.IO", "N:System.Net", "T:System.Console",
    ];

    [Fact]
    public void The_core_refers_to_the_contracts_alone() => Rule.Holds(Impurities(ProjectFile.Read(Core)));

    [Fact]
    public void The_banned_list_names_the_clock_ids_chance_and_io() =>
        Rule.Holds(MustBeBanned.Except(Symbols(Tree.Text(BannedSymbols))));

    [Fact]
    public void The_compiled_core_uses_nothing_that_is_banned() =>
        Rule.Holds(Banned(CompiledCode.Of("ReleaseIntegrity.Core"), Symbols(Tree.Text(BannedSymbols))));

    [Theory]
    [InlineData("""<ProjectReference Include="../../Storage/ReleaseIntegrity.Storage.csproj" />""", "refers to ReleaseIntegrity.Storage")]
    [InlineData("""<PackageReference Include="Dapper" />""", "refers to Dapper")]
    [InlineData("""<PackageReference Include="Microsoft.CodeAnalysis.BannedApiAnalyzers" />""", "its analyzer reaches others")]
    [InlineData("", "has no analyzer of banned symbols")]
    [InlineData("", "BannedSymbols.txt is not wired")]
    public void A_project_that_is_seeded_is_seen(string item, string violation)
    {
        ProjectFile seeded = ProjectFile.Parse("Core", $"<Project><ItemGroup>{item}</ItemGroup></Project>");

        Assert.Contains(violation, Impurities(seeded));
    }

    [Fact]
    public void Code_that_is_seeded_is_seen_inside_a_lambda_too()
    {
        string[] found = [.. Banned(
            CompiledCode.Seeded(typeof(Seeded.ClockReader), typeof(Seeded.FileReader)), Symbols(Tree.Text(BannedSymbols)))];

        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.ClockReader uses System.DateTimeOffset.get_UtcNow", found);
        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.ClockReader uses System.Guid.NewGuid", found);
        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.FileReader uses System.IO.File.ReadAllText", found);
    }

    private static IEnumerable<string> Impurities(ProjectFile project)
    {
        foreach (string reference in project.Projects.Where(p => p != "ReleaseIntegrity.Contracts"))
        {
            yield return $"refers to {reference}";
        }

        foreach (PackageReference package in project.Packages.Where(p => p.Name != Analyzer))
        {
            yield return $"refers to {package.Name}";
        }

        PackageReference? analyzer = project.Packages.SingleOrDefault(p => p.Name == Analyzer);
        if (analyzer is null)
        {
            yield return "has no analyzer of banned symbols";
        }
        else if (!analyzer.IsPrivate)
        {
            yield return "its analyzer reaches others";
        }

        if (!project.AdditionalFiles.Contains("BannedSymbols.txt"))
        {
            yield return "BannedSymbols.txt is not wired";
        }
    }

    private static string[] Symbols(string list) =>
        [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(';')[0].Trim())];

    private static IEnumerable<string> Banned(CompiledCode code, IReadOnlyCollection<string> symbols) =>
        code.Uses.Where(u => symbols.Any(s => Names(s, u))).Select(u => u.ToString());

    /// <summary>Whether a documentation id (<c>P:System.DateTime.Now</c>) stands for what is used.</summary>
    private static bool Names(string symbol, Use use)
    {
        string name = symbol[2..].Split('(')[0];
        return symbol[0] switch
        {
            'N' => use.Used.StartsWith(name + ".", StringComparison.Ordinal),
            'T' => use.Used == name,
            'P' => use.Member is { } member && member.StartsWith("get_", StringComparison.Ordinal) && $"{use.Used}.{member[4..]}" == name,
            'M' => $"{use.Used}.{use.Member}" == name,
            _ => throw new FormatException($"{symbol}: a banned symbol starts with N:, T:, P: or M:"),
        };
    }
}
