using ReleaseIntegrity.Hosting.Doctor;

namespace ReleaseIntegrity.Handoff.Examining;

/// <summary>Whether a file with a secret is there, and nobody else may read it.</summary>
/// <param name="subject">What it is called in the table.</param>
/// <param name="path">Where it is; null where none is configured.</param>
/// <param name="without">What follows where none is configured.</param>
public sealed class KeyFileExamination(string subject, string? path, string without) : IExamination
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <inheritdoc/>
    public string Subject => subject;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>([Find()]);

    private Finding Find()
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return Finding.Ok(subject, $"none is configured: {without}");
        }

        string file = Path.GetFullPath(path);
        if (!File.Exists(file))
        {
            return Finding.Warning(subject, $"{file} is not there yet", "nothing, if the service makes it at its first start; else name the file that there is");
        }

        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0
            ? Finding.Warning(subject, $"others than its owner may use {file}", $"chmod 600 {file}")
            : Finding.Ok(subject, $"{file} is there, for its owner alone");
    }
}
