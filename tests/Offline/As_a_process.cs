using System.Diagnostics;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>The command as scripts see it: arguments in, streams and an exit code out.</summary>
public sealed class As_a_process : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Reconcile_writes_the_same_as_within_a_process()
    {
        string input = Story.Folder(_scratch);
        Run inside = Run.Reconcile(_scratch["a"], input);
        (int code, string output, string error) = Start("reconcile", input, "--out", _scratch["b"], "--json", "--shuffle", "7");

        Assert.Equal(0, code);
        Assert.Equal(inside.Files, Run.FilesOf(_scratch["b"]));
        Assert.Equal(inside.Files["summary.json"], output.Trim());
        Assert.DoesNotContain("\u001b", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Exit_codes_are_those_of_the_contract()
    {
        string input = _scratch.Write("in/distribution/broken.json", "{");

        Assert.Equal(3, Start("reconcile", input, "--out", _scratch["out"], "--strict").Code);
        Assert.Equal(2, Start("reconcile").Code);
        Assert.Equal(2, Start("recncile").Code);
        Assert.Equal(0, Start("--help").Code);
    }

    [Fact]
    public void Help_has_examples_formats_and_exit_codes()
    {
        (int code, string output, _) = Start("reconcile", "--help");

        Assert.Equal(0, code);
        Assert.All(
            new[] { "Examples:", "Exit codes:", "sigstore-bundle", "SOURCE/cloudevents", "--mask-key", "items.ndjson" },
            text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    [Fact]
    public void The_demo_plays_the_scenario_masked_and_ends()
    {
        (int code, string output, string error) = Start("demo", "--exit");

        Assert.Equal((0, ""), (code, error));
        Assert.All(
            new[] { "digest-identity-conflict", "snapshot-binding-mismatch", "runtime-unlinked", "proposed writes: 0", "proposed writes: 1", "inverse", "supersedes", "8f4…7ac", "8f4…71e", "kms-prod-sign-09", "rel-2026.03.22.4" },
            text => Assert.Contains(text, output, StringComparison.Ordinal));
        Assert.All(
            new[] { "payments/checkout", "prod-eu-1", "Maya", "8f4559aead", "8f4df7e70e" },
            secret => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_command_has_help_with_examples() => Assert.All(
        new[] { "demo", "serve", "reconcile" },
        command => Assert.Contains("Examples:", Start(command, "--help").Output, StringComparison.Ordinal));

    private static (int Code, string Output, string Error) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(AllInOne.Program).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "the command hangs");
        return (process.ExitCode, output, error.Result);
    }
}
