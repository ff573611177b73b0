using System.Text;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Policies;

/// <summary>Documents made from the shipped policy by small edits.</summary>
internal static class Documents
{
    internal const string FileName = "my-policy.yaml";

    internal static string Default { get; } = Encoding.UTF8.GetString(PolicyFile.DefaultBytes());

    internal static PolicyResult Parse(string yaml) => PolicyDocument.Parse(Encoding.UTF8.GetBytes(yaml), FileName);

    internal static Policy Load(string yaml) => Parse(yaml) switch
    {
        PolicyResult.Loaded loaded => loaded.Policy,
        PolicyResult refused => throw new Xunit.Sdk.XunitException($"refused:\n{refused}"),
    };

    internal static IReadOnlyList<PolicyProblem> Refuse(string yaml) =>
        Assert.IsType<PolicyResult.Refused>(Parse(yaml)).Problems;

    /// <summary>The shipped policy with the first <paramref name="find"/> after <paramref name="anchor"/> replaced.</summary>
    internal static string Edit(string anchor, string find, string replace)
    {
        int from = Default.IndexOf($"\n{anchor}", StringComparison.Ordinal);
        Assert.True(from >= 0, $"the shipped policy has no line that starts with '{anchor}'");
        int at = Default.IndexOf(find, from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the shipped policy has no '{find}' after '{anchor}'");
        return Default[..at] + replace + Default[(at + find.Length)..];
    }
}
