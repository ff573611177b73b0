using System.Diagnostics;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>
/// A small disk in memory, mounted at a folder, that can be full: it is made no larger than what lies on it. Needs root and
/// the capability to mount.
/// </summary>
public sealed class Disk : IDisposable
{
    private const int Attempts = 50;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly string _size;
    private bool _disposed;

    private Disk(string folder, string size)
    {
        _folder = folder;
        _size = size;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Bytes that still fit.</summary>
    public long FreeBytes => new DriveInfo(_folder).AvailableFreeSpace;

    /// <summary>Mounts one; null and the reason where that is not possible here.</summary>
    public static async Task<(Disk? Mounted, string? WhyNot)> TryMountAsync(string folder, int megabytes)
    {
        string size = $"{megabytes}m";
        Directory.CreateDirectory(folder);
        string? refusal = await MountAsync("-t", "tmpfs", "-o", $"size={size},mode=0755", "tmpfs", folder);
        return refusal is null ? (new Disk(folder, size), null) : (null, refusal);
    }

    /// <summary>Leaves so much room on it, and no more.</summary>
    public async Task FillAsync(long leftBytes = 0)
    {
        string? refusal = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // What is written in between makes the size too small, and it is refused.
            var drive = new DriveInfo(_folder);
            long used = drive.TotalSize - drive.AvailableFreeSpace;
            if ((refusal = await ResizeAsync($"{used + leftBytes}")) is null)
            {
                return;
            }
        }

        throw new InvalidOperationException($"{_folder} can't be filled: {refusal}");
    }

    /// <summary>Makes room again.</summary>
    public async Task EmptyAsync()
    {
        if (await ResizeAsync(_size) is { } refusal)
        {
            throw new InvalidOperationException(refusal);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            using Process? unmount = Process.Start(new ProcessStartInfo("umount", ["-l", _folder]));
            unmount?.WaitForExit(Limit);
        }
    }

    private Task<string?> ResizeAsync(string size) => MountAsync("-o", $"remount,size={size}", _folder);

    private static async Task<string?> MountAsync(params string[] arguments)
    {
        try
        {
            Outcome outcome = await Outcome.OfAsync(new ProcessStartInfo("mount", arguments), Limit);
            return outcome.Code == 0 ? null : $"mount: {outcome.Error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return $"mount: {missing.Message}";
        }
    }
}
