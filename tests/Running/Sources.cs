namespace ReleaseIntegrity.Tests.Running;

/// <summary>The four sources, as they are named on the wire.</summary>
public static class Sources
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["artifact-registry", "signature-ledger", "change-snapshot", "runtime-validation"];
}
