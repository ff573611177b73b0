namespace ReleaseIntegrity.Steward.CommandLine;

/// <summary>A command that can't be carried out as it was given. The message says what to do instead.</summary>
internal sealed class UsageException(string message, int exitCode = ExitCodes.BadUsage) : Exception(message)
{
    /// <summary>How the process ends.</summary>
    public int ExitCode { get; } = exitCode;
}
