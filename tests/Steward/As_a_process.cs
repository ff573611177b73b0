using System.Diagnostics;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class As_a_process
{
    [Fact]
    public async Task It_reads_from_the_server_of_its_environment_and_ends_with_its_exit_code()
    {
        await using Cli cli = await Cli.StartAsync();
        Ended shown = await StartAsync(cli, "ledger", "show", Made.TupleId);
        Golden.Check("ledger-show", shown.Done());

        Ended none = await StartAsync(cli, "packages", "show", "ffff");
        Assert.Equal(3, none.Code);
        Assert.Contains("steward packages list", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_completes_its_own_commands()
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(["acknowledge", "annotate"], (await StartAsync(cli, "[suggest:16]", "steward decide a")).Done().Split('\n').Where(w => w is "acknowledge" or "annotate"));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _steward steward")]
    [InlineData("zsh", "#compdef steward")]
    [InlineData("fish", "complete -c steward")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_has_its_script(string shell, string line)
    {
        await using Cli cli = await Cli.StartAsync();
        string script = (await cli.RunAsync("completion", shell)).Done();
        Assert.Contains(line, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_has_examples_and_exit_codes_in_its_help()
    {
        await using Cli cli = await Cli.StartAsync();
        string[][] commands =
        [
            ["packages", "list"], ["packages", "show"], ["packages", "watch"], ["packages", "diff"], ["packages", "export"], ["packages", "verify"],
            ["ledger", "show"], ["ledger", "explain"], ["ledger", "timeline"], ["release", "show"], ["holds", "list"],
            ["decide", "acknowledge"], ["decide", "authorize"], ["decide", "return"], ["decide", "pin"], ["decide", "unpin"], ["decide", "annotate"], ["decide", "list"],
            ["rollback"], ["reveal"], ["audit", "list"], ["audit", "verify"], ["report"], ["login"], ["completion"],
        ];
        foreach (string[] command in commands)
        {
            string help = (await cli.RunAsync([.. command, "--help"])).Done();
            Assert.Contains($"steward {string.Join(' ', command)}", help, StringComparison.Ordinal);
            Assert.Contains("Example", help, StringComparison.Ordinal);
            Assert.Contains("Exit codes:", help, StringComparison.Ordinal);
            Assert.DoesNotContain("--token ", help, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("packages-list")]
    [InlineData("packages-show")]
    [InlineData("ledger-show")]
    [InlineData("decide-aborted")]
    public void The_session_in_the_readme_is_what_comes_out(string name) => Assert.Contains(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".approved.txt")),
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md")),
        StringComparison.Ordinal);

    private static async Task<Ended> StartAsync(Cli cli, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Built(), .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        start.Environment["STEWARD_SERVER"] = cli.Address;
        start.Environment["XDG_CONFIG_HOME"] = cli.ConfigFolder;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, await output, await error);
    }

    /// <summary>The program where it was built: beside these tests it would lack what their framework brings along.</summary>
    private static string Built()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        string configuration = folder.Parent!.Name;
        while (!File.Exists(Path.Combine(folder.FullName, "Microservices.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("the tests don't lie within the repository");
        }

        return Path.Combine(folder.FullName, "services", "steward", "bin", configuration, "net10.0", "ReleaseIntegrity.Steward.dll");
    }
}
