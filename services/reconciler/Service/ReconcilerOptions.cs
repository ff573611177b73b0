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

    /// <summary>
    /// How long after evidence that asks for a package it is prepared, so that what arrives together, as after an outage,
    /// gives one package and not one a record. From 0, which prepares it at once, to 5 minutes. Default 2 s.
    /// </summary>
    public TimeSpan PackageSettling { get; set; } = TimeSpan.FromSeconds(2);
}
