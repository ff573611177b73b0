using ReleaseIntegrity.AllInOne.Offline.Output;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>What one world showed.</summary>
internal sealed record WorldResult
{
    /// <summary>The world's seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Notifications delivered, repeated ones included.</summary>
    public required int Deliveries { get; init; }

    /// <summary>Its artifacts, as they end.</summary>
    public required IReadOnlyList<ArtifactEnd> Artifacts { get; init; }

    /// <summary>Per field how often which agreement was found, at every instant at which anything could change.</summary>
    public required IReadOnlyDictionary<(Field Field, Agreement Agreement), int> Always { get; init; }

    /// <summary>The same at the end, when everything has arrived.</summary>
    public required IReadOnlyDictionary<(Field Field, Agreement Agreement), int> AtEnd { get; init; }

    /// <summary>Where ledger and steward differ; the first few.</summary>
    public required IReadOnlyList<Difference> Differences { get; init; }

    /// <summary>Of the artifacts whose records came to differ, how long it took.</summary>
    public required IReadOnlyList<TimeToLedger> Times { get; init; }

    /// <summary>The ledgers' figures at the end.</summary>
    public required LedgerFigures Ledgers { get; init; }

    /// <summary>Fields overwritten silently, by the independent pass, at the end.</summary>
    public required IReadOnlyList<Overwrite> Overwrites { get; init; }

    /// <summary>How often the deliveries were folded, each time in another order.</summary>
    public required int Orders { get; init; }

    /// <summary>Different ledgers and packages that came of it; 1 is right.</summary>
    public required int DistinctHashes { get; init; }
}

/// <summary>How an artifact ends.</summary>
/// <param name="Drifts">What drifted in its records.</param>
/// <param name="OnHold">It is on reconciliation hold.</param>
/// <param name="HasPackage">There is something to correct or decide.</param>
internal sealed record ArtifactEnd(IReadOnlyList<Drift> Drifts, bool OnHold, bool HasPackage);

/// <summary>One difference between the ledger and the steward.</summary>
/// <param name="Seed">The world.</param>
/// <param name="Tuple">The artifact.</param>
/// <param name="Field">The field.</param>
/// <param name="At">The instant.</param>
/// <param name="Agreement">What kind of difference.</param>
/// <param name="Ledger">What the ledger says.</param>
/// <param name="Steward">What the steward says.</param>
/// <param name="Drifts">What drifts in the artifact's records.</param>
internal sealed record Difference(
    int Seed, string Tuple, Field Field, DateTimeOffset At, Agreement Agreement, string Ledger, string Steward, IReadOnlyList<Drift> Drifts);

/// <summary>A field of which a ledger shows a value, and hides that sources differ.</summary>
/// <param name="Seed">The world.</param>
/// <param name="Tuple">The artifact.</param>
/// <param name="Field">The field.</param>
/// <param name="Drifts">What drifted in the artifact's records.</param>
internal sealed record Overwrite(int Seed, string Tuple, Field Field, IReadOnlyList<Drift> Drifts);

/// <summary>How long it took from the first conflicting notification of an artifact.</summary>
/// <param name="Visible">In the world's time, until the ledger showed the difference: as converging, held or decided by a rule.</param>
/// <param name="HandedOff">In the world's time, until a package was prepared; null where the records came together before.</param>
/// <param name="Work">In real time, from the bytes of the conflicting notification to the ledger.</param>
internal sealed record TimeToLedger(TimeSpan Visible, TimeSpan? HandedOff, TimeSpan Work);
