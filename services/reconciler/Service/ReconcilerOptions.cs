namespace ReleaseIntegrity.Reconciling;

/// <summary>How the reconciler is set up; configuration section <c>Reconciler</c>.</summary>
public sealed class ReconcilerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Reconciler";

    /// <summary>The folder of the reconciler's store, made where it does not exist. Default: <c>data</c>.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>A policy file; null for the shipped policy.</summary>
    public string? PolicyFile { get; set; }
}
