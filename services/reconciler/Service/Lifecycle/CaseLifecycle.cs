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

    /// <summary>A steward has seen the open package.</summary>
    Acknowledged,

    /// <summary>A steward authorised writes of the open package; they are awaited.</summary>
    RepairAuthorized,

    /// <summary>A steward gave the open package back.</summary>
    Returned,

    /// <summary>Every authorised write of the last package was seen in what the sources say.</summary>
    Repaired,

    /// <summary>An authorised write of the last package came out otherwise.</summary>
    Diverged,
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
    CaseStage Stage, long Revision, bool OnHold, string? PackageId, long PackageRevision, string? Superseded, DateTimeOffset Since)
{
    /// <summary>The evidence is converging.</summary>
    public bool Converging { get; init; }

    /// <summary>The last that was decided, on whichever package; null before.</summary>
    public CaseDecision? Decided { get; init; }
}

/// <summary>What a steward decided on a package of the case, or what came of it.</summary>
/// <param name="PackageRevision">The package's number.</param>
/// <param name="Decision">Where it stands by that.</param>
/// <param name="Sequence">The handoff's order.</param>
public sealed record CaseDecision(long PackageRevision, PackageDecision Decision, long Sequence);

/// <summary>
/// The lifecycle of a case as pure functions: what was, and what happened, to what is. The state machine only carries
/// messages here and states back. What a steward decided stands beside what the reconciler announced, and the stage
/// follows from the two: so their messages may come in any order. A decision ends with the package that it is about.
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

        bool replaced = current?.PackageId is not null
            && (change.PackageId is null || change.PackageRevision != current.PackageRevision);
        var next = new CaseStanding(
            default,
            change.Revision,
            change.OnHold,
            change.PackageId,
            change.PackageRevision,
            replaced ? current!.PackageId : current?.Superseded,
            change.At) { Converging = change.Converging, Decided = current?.Decided };
        CaseStage stage = StageOf(next);
        return next with
        {
            Stage = stage, Since = current is not null && current.Stage == stage && !replaced ? current.Since : change.At,
        };
    }

    /// <summary>
    /// The standing after a decision, or after what came of one; null when a later one is known. Where the package isn't
    /// known yet, or isn't the last any more, it is remembered and moves nothing.
    /// </summary>
    /// <param name="current">The standing so far; null for a case that begins.</param>
    /// <param name="decided">What was decided.</param>
    public static CaseStanding? Next(CaseStanding? current, StewardDecided decided)
    {
        if (decided.Sequence <= current?.Decided?.Sequence)
        {
            return null;
        }

        CaseStanding next = (current ?? new CaseStanding(CaseStage.Observing, 0, false, null, 0, null, decided.At)) with
        {
            Decided = new CaseDecision(decided.PackageRevision, decided.Decision, decided.Sequence),
        };
        CaseStage stage = StageOf(next);
        return next with { Stage = stage, Since = current?.Stage == stage ? next.Since : decided.At };
    }

    private static CaseStage StageOf(CaseStanding standing)
    {
        PackageDecision? decision = standing.Decided is { } decided && decided.PackageRevision == standing.PackageRevision
            ? decided.Decision
            : null;
        return standing switch
        {
            { PackageId: not null, Converging: true } => CaseStage.Revising,
            { PackageId: not null } => decision is { } made ? StageOf(made) : CaseStage.Prepared,
            { Converging: true } => CaseStage.Converging,
            { PackageRevision: > 0 } => decision is PackageDecision.Repaired ? CaseStage.Repaired : CaseStage.Closed,
            _ => CaseStage.Observing,
        };
    }

    private static CaseStage StageOf(PackageDecision decision) => decision switch
    {
        PackageDecision.Acknowledged => CaseStage.Acknowledged,
        PackageDecision.RepairAuthorized => CaseStage.RepairAuthorized,
        PackageDecision.Returned => CaseStage.Returned,
        PackageDecision.Repaired => CaseStage.Repaired,
        _ => CaseStage.Diverged,
    };
}
