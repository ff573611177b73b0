using System.Diagnostics;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>How a command ended.</summary>
public sealed record Outcome(int Code, string Output, string Error)
{
    /// <summary>Runs a command to its end; one that takes longer than the limit is killed and fails the test.</summary>
    public static async Task<Outcome> OfAsync(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var child = new Child(start);
        Task<string> output = child.Process.StandardOutput.ReadToEndAsync();
        Task<string> error = child.Process.StandardError.ReadToEndAsync();
        try
        {
            await child.Process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            child.Kill();
            Assert.Fail($"{start.FileName} {string.Join(' ', start.ArgumentList)} took longer than {limit.TotalSeconds:0} s\n{await output}\n{await error}");
        }

        return new Outcome(child.Process.ExitCode, await output, await error);
    }
}
