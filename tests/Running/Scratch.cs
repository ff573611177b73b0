namespace ReleaseIntegrity.Tests.Running;

/// <summary>A folder that is gone after the test.</summary>
public sealed class Scratch : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("release-integrity-e2e-").FullName;

    /// <summary>A path below it.</summary>
    public string this[params string[] parts] => Path.Combine([Folder, .. parts]);

    /// <summary>Writes a file below it.</summary>
    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
