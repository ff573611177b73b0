namespace ReleaseIntegrity.Hosting;

/// <summary>How a service's process ends. Scripts and orchestrators rely on them.</summary>
public static class ExitCodes
{
    /// <summary>Stopped when told to, migrated, or nothing found wrong.</summary>
    public const int Done = 0;

    /// <summary>Something failed that a restart or a repair elsewhere may put right.</summary>
    public const int Failed = 1;

    /// <summary>A setting, a policy, a key or an argument can't be used: starting again won't help.</summary>
    public const int BadSettings = 2;

    /// <summary><c>doctor</c> alone: nothing keeps the service from working, but something should be looked at.</summary>
    public const int Warnings = 3;
}
