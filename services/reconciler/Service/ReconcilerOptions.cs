using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling;

/// <summary>How the reconciler is set up; configuration section <c>Reconciler</c>.</summary>
public sealed class ReconcilerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Reconciler";

    /// <summary>Where the reconciler's store is; a service of its own has it from the section <c>Store</c>.</summary>
    public StoreOptions Store { get; set; } = StoreOptions.Of(ReconcilerServices.Key);

    /// <summary>A policy file; null for the shipped policy.</summary>
    public string? PolicyFile { get; set; }
}
