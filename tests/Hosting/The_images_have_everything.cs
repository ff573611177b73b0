using System.Text.RegularExpressions;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>What the Dockerfile has to list by hand is what there is.</summary>
public sealed partial class The_images_have_everything
{
    [Fact]
    public void Every_project_of_a_service_is_restored_in_the_cached_layer()
    {
        string[] copied = [.. Copied().Matches(Text("build/Dockerfile")).Select(m => m.Groups["project"].Value).Order(StringComparer.Ordinal)];
        string[] projects =
        [
            .. Directory.EnumerateFiles(Program.Root, "*.csproj", SearchOption.AllDirectories)
                .Select(p => Path.GetRelativePath(Program.Root, p).Replace('\\', '/'))
                .Where(p => p.StartsWith("services/", StringComparison.Ordinal) || p.StartsWith("contracts/", StringComparison.Ordinal))
                .Where(p => !p.StartsWith("services/AllInOne/", StringComparison.Ordinal) && !p.StartsWith("services/steward/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(projects, copied);
    }

    [Fact]
    public void Every_service_has_an_image_and_a_place_in_both_sets()
    {
        string[] services = [.. Text("build/services").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal)];

        Assert.Equal(Service.Names.Order(StringComparer.Ordinal), services);
        Assert.All(services, s => Assert.Contains($"\n  {s}:\n", Text("compose/compose.yaml"), StringComparison.Ordinal));
        Assert.All(services, s => Assert.Contains($"\n  {s}:\n", Text("compose/compose.sqlite.yaml"), StringComparison.Ordinal));
    }

    private static string Text(string path) => File.ReadAllText(Path.Combine(Program.Root, path));

    [GeneratedRegex(@"^COPY (?<project>\S+\.csproj) \S+/$", RegexOptions.Multiline)]
    private static partial Regex Copied();
}
