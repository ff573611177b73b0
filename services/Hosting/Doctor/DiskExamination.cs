using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>Whether there is room where the store's file lies.</summary>
/// <param name="store">Where it is.</param>
public sealed class DiskExamination(StoreOptions store) : IExamination
{
    private const long LeastBytes = 256L << 20;
    private const long EnoughBytes = 2L << 30;

    /// <inheritdoc/>
    public string Subject => "disk";

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>(store.Engine == StoreEngines.Sqlite ? [Look()] : []);

    private Finding Look()
    {
        string folder = Path.GetFullPath(store.DataFolder);
        if (!Directory.Exists(folder))
        {
            return Finding.Warning(Subject, $"{folder} is not there yet", "nothing, if the service never ran: it makes the folder; else Store:DataFolder names another one");
        }

        long free = new DriveInfo(folder).AvailableFreeSpace;
        string fact = $"{free >> 20} MiB free in {folder}";
        return free < LeastBytes ? Finding.Failure(Subject, fact, "free some: without it nothing more is accepted")
            : free < EnoughBytes ? Finding.Warning(Subject, fact, "free some, or move Store:DataFolder to a larger disk")
            : Finding.Ok(Subject, fact);
    }
}
