namespace ReleaseIntegrity.Tests.Offline;

/// <summary>A folder that is gone after the test.</summary>
public sealed class Scratch : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("offline-test-").FullName;

    /// <summary>A path below it.</summary>
    public string this[params string[] parts] => Path.Combine([_path, .. parts]);

    /// <summary>Writes a file below it.</summary>
    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_path, recursive: true);
}
