namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>How a SQLite store is opened.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file; its folder is made where it does not exist.</summary>
    public required string Path { get; init; }

    /// <summary>Writes that may wait for their turn; more callers wait to be let in. Default 1,024.</summary>
    public int QueueLimit { get; init; } = 1024;

    /// <summary>Writes that share one commit, and so one wait for the disk, at most. Default 256.</summary>
    public int GroupLimit { get; init; } = 256;

    /// <summary>How long a statement waits for another process that has the file locked. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether other processes of this machine may have the file open as well, each with this set.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether the schema is brought up to date; otherwise a store that lacks a script is refused.</summary>
    public bool Migrate { get; init; } = true;
}
