using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary><c>migrate</c> brings a store up to date, says what it did, and can be repeated and raced.</summary>
public sealed class When_a_store_is_migrated : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_second_time_there_is_nothing_to_apply()
    {
        Dictionary<string, string> settings = Service.Settings(_scratch);

        Outcome first = await Service.RunAsync("reconciler", settings, "migrate");
        Outcome second = await Service.RunAsync("reconciler", settings, "migrate");

        Assert.True(first.Code == 0, first.Error);
        Assert.Contains("applied storage/0001", first.Output, StringComparison.Ordinal);
        Assert.Contains("applied reconciler/0001", first.Output, StringComparison.Ordinal);
        Assert.Equal(0, second.Code);
        Assert.DoesNotContain("applied", second.Output, StringComparison.Ordinal);
        Assert.Contains("nothing to apply", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_at_once_apply_each_script_once()
    {
        Dictionary<string, string> settings = Service.Settings(_scratch, ("Store__Shared", "true"));

        Outcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Service.RunAsync("handoff", settings, "migrate")));

        Assert.All(outcomes, o => Assert.True(o.Code == 0, o.Error));
        string[] applied = [.. outcomes.SelectMany(o => o.Output.Split('\n')).Where(l => l.StartsWith("applied", StringComparison.Ordinal))];
        Assert.Contains(applied, l => l.StartsWith("applied handoff/0001", StringComparison.Ordinal));
        Assert.Equal(applied.Distinct().Count(), applied.Length);
    }

    [Fact]
    public async Task A_service_that_may_not_migrate_says_what_is_missing()
    {
        Dictionary<string, string> settings = Service.Settings(_scratch, ("Store__MigrateAtStart", "false"), ("URLS", "http://127.0.0.1:0"));

        Outcome refused = await Service.RunAsync("artifact-registry", settings);

        Assert.Equal(2, refused.Code);
        Assert.Contains("'migrate'", refused.Error, StringComparison.Ordinal);
    }
}
