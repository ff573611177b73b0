namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>What <c>reconcile</c> is asked to do.</summary>
internal sealed record ReconcileRequest
{
    /// <summary>Folders and files of notifications.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Out { get; init; }

    /// <summary>A policy file; null for the shipped policy.</summary>
    public string? Policy { get; init; }

    /// <summary>The instant of the evaluation; null for the greatest that the input knows.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Seed of a permutation of the deliveries; null for the order of files and lines.</summary>
    public int? Shuffle { get; init; }

    /// <summary>Write values as they are.</summary>
    public bool Reveal { get; init; }

    /// <summary>The file with the token key; null for the published one.</summary>
    public string? MaskKey { get; init; }
}
