using System.Text.Json;
using ReleaseIntegrity.Steward.CommandLine;

namespace ReleaseIntegrity.Steward.Connecting;

/// <summary>What <c>login</c> keeps: <c>steward.json</c> in the user's configuration folder, readable by its owner alone.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Token">The token for it.</param>
internal sealed record Login(string Server, string Token)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where it is kept.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "steward.json");

    /// <summary>What was kept; null where nothing was.</summary>
    /// <exception cref="UsageException">The file is damaged.</exception>
    public static Login? Read(string folder)
    {
        string path = PathIn(folder);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Login>(File.ReadAllBytes(path), Form) : null;
        }
        catch (JsonException)
        {
            throw new UsageException($"{path} is damaged; log in again: steward login --server URL");
        }
    }

    /// <summary>Keeps it. The token is at no time in a file that others can read.</summary>
    /// <exception cref="IOException">The folder can't be written to.</exception>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = PathIn(folder);
        string fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(fresh, options))
        {
            JsonSerializer.Serialize(stream, this, Form);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
