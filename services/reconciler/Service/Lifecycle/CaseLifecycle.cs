using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Reconciling.Lifecycle;

/// <summary>Where a case stands. Storage format: version with care.</summary>
public enum CaseStage
{
    /// <summary>In scope, with nothing to correct or decide so far.</summary>
    Observing,

    /// <summary>Sources differ, or a record is missing, inside its allowance; no package yet.</summary>
    Converging,

    /// <summary>A package waits for the steward.</summary>
    Prepared,

    /// <summary>A package is open while the evidence converges again; its successor, or itself, comes when it settles.</summary>
    Revising,

    /// <summary>The last package ended without a successor: nothing is left to decide.</summary>
    Closed,
}

/// <summary>What is known of a case: the state of its saga, without any plumbing.</summary>
/// <param name="Stage">Where it stands.</param>
/// <param name="Revision">The tuple's revision that it stands on.</param>
/// <param name="OnHold">The tuple is on reconciliation hold.</param>
/// <param name="PackageId">The open package; null when none is open.</param>
/// <param name="PackageRevision">The number of the last package; 0 before the first.</param>
/// <param name="Superseded">The package that the last one superseded, or that was closed; null before.</param>
/// <param name="Since">Since when it stands there, UTC.</param>
public sealed record CaseStanding(
    CaseStage Stage, long Revision, bool OnHold, string? PackageId, long PackageRevision, string? Superseded, DateTimeOffset Since);

/// <summary>
/// The lifecycle of a case as pure functions: what was, and what happened, to what is. The state machine only carries
/// messages here and states back. A steward's decisions will be further overloads of <see cref="Next"/>: they add stages
/// beyond <see cref="CaseStage.Prepared"/>, and end with the package that they are about.
/// </summary>
public static class CaseLifecycle
{
    /// <summary>
    /// The standing after a change; null when the change is not news: messages arrive again and out of order, and each
    /// one carries the whole standing of its revision.
    /// </summary>
    /// <param name="current">The standing so far; null for a case that begins.</param>
    /// <param name="change">What happened.</param>
    public static CaseStanding? Next(CaseStanding? current, CaseChanged change)
    {
        if (current is not null && change.Revision <= current.Revision)
        {
            return null;
        }

        CaseStage stage = StageOf(change);
        bool replaced = current?.PackageId is not null
            && (change.PackageId is null || change.PackageRevision != current.PackageRevision);
        return new CaseStanding(
            stage,
            change.Revision,
            change.OnHold,
            change.PackageId,
            change.PackageRevision,
            replaced ? current!.PackageId : current?.Superseded,
            current is not null && current.Stage == stage && !replaced ? current.Since : change.At);
    }

    private static CaseStage StageOf(CaseChanged change) => change switch
    {
        { PackageId: not null, Converging: true } => CaseStage.Revising,
        { PackageId: not null } => CaseStage.Prepared,
        { Converging: true } => CaseStage.Converging,
        { PackageRevision: > 0 } => CaseStage.Closed,
        _ => CaseStage.Observing,
    };
}
