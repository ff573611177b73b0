
namespace ReleaseIntegrity.Tests.Offline;

public sealed class Over_the_published_samples : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Everything_ends_somewhere_and_nothing_throws()
    {
        string? samples = Find();
        Assert.SkipWhen(samples is null, "no folder shared/samples beside the repository");

        Run run = Run.Reconcile(_scratch["out"], samples!);

        Assert.Equal(0, run.Code);
        Assert.True(run.Count("items") >= run.Count("notifications"));
        Assert.DoesNotContain(run.Items, i => i["reason"]?.GetValue<string>().Contains("this normaliser failed", StringComparison.Ordinal) == true);
        foreach (string format in new[] { "harbor", "distribution", "rekor-v1", "sigstore-bundle", "servicenow", "jira", "k8s-pod", "policy-report" })
        {
            Assert.Contains(run.Items, i => i["format"]?.GetValue<string>() == format);
            Assert.DoesNotContain($"unknown format {format}\n", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(run.Files, Run.Reconcile(_scratch["out2"], samples!, "--shuffle", "5").Files);
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "samples");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
