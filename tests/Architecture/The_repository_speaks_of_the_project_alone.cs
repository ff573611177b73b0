using System.Text.RegularExpressions;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// A clone works on any machine and tells nothing of the one it was written on: no absolute path of somebody's folders,
/// no package feed. Machines and feeds are settings of whoever builds.
/// </summary>
public sealed partial class The_repository_speaks_of_the_project_alone
{
    private const string Itself = $"{nameof(The_repository_speaks_of_the_project_alone)}.cs";

    private static readonly string[] Binary = [".png", ".jpg", ".gif", ".ico", ".woff2", ".pfx", ".der"];

    [Fact]
    public void No_file_names_a_machine_path_or_a_package_feed() => Rule.Holds(Tree.Files
        .Where(f => !Binary.Contains(Path.GetExtension(f)) && Path.GetFileName(f) != Itself)
        .SelectMany(f => Foreign(f, Tree.Text(f))));

    [Fact]
    public void No_file_configures_a_package_feed() =>
        Assert.DoesNotContain(Tree.Files, f => IsFeedSettings(f));

    [Theory]
    [InlineData("see /wor" + "k/main/README.md")]
    [InlineData("open \"/home/someone/src\"")]
    [InlineData("a: /root/cache")]
    [InlineData("a: /Users/someone/x")]
    [InlineData("a: C:\\Users\\someone")]
    [InlineData("https://api.nu" + "get.org/v3/index.json")]
    [InlineData("https://pkgs.dev.azure.com/some/_packaging")]
    [InlineData("<add key=\"feed\" value=\"https://feeds.example/nuget/v3/index.json\" />")]
    public void A_line_that_is_seeded_is_seen(string line) =>
        Assert.Equal([$"x.md:2: {line}"], Foreign("x.md", $"first line\n{line}\n"));

    [Theory]
    [InlineData("/usr/bin/docker-registry")]
    [InlineData("/artifact-registry/notifications/harbor")]
    [InlineData("registry.example/team/work/app")]
    [InlineData("a package feed, wherever yours is")]
    public void A_line_that_is_fine_is_left_alone(string line) => Assert.Empty(Foreign("x.md", line));

    [Fact]
    public void Settings_that_are_seeded_are_seen() => Assert.True(IsFeedSettings("services/NuGet.Config"));

    private static bool IsFeedSettings(string path) =>
        Path.GetFileName(path).Equals("nuget.config", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Foreign(string path, string text)
    {
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (MachinePath().IsMatch(line) || FeedHost().IsMatch(line))
            {
                yield return $"{path}:{number}: {line.Trim()}";
            }
        }
    }

    [GeneratedRegex(@"(?<![\w./@:-])/(work|home|root|Users|mnt)/[\w.]|\b[A-Za-z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\bnuget\.org\b|\bpkgs\.dev\.azure\.com\b|\bnpmjs\.org\b|\bpypi\.org\b|\bproxy\.golang\.org\b|/nuget/v[23]\b|/artifactory/api/nuget", RegexOptions.IgnoreCase)]
    private static partial Regex FeedHost();
}
