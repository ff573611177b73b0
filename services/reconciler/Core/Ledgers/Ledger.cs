using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// The field-level discrepancy ledger of one tuple: per field every candidate with its lineage, the authoritative value
/// or none, the state, the rule that decided, and why each other candidate lost.
/// </summary>
public sealed record Ledger
{
    /// <summary>The canonical tuple.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>Named by a snapshot or a tagged claim, or matched by the policy: only such tuples get holds and packages.</summary>
    public required bool InScope { get; init; }

    /// <summary>A digest identity, signature lineage or snapshot binding of the tuple is held.</summary>
    public required bool OnHold { get; init; }

    /// <summary>The policy's version and digest.</summary>
    public required (string Version, string Digest) Policy { get; init; }

    /// <summary>The greatest source time or transition not after the evaluation; null before any.</summary>
    public required DateTimeOffset? EffectiveAsOf { get; init; }

    /// <summary>When a converging field settles or a pin lapses next, if nothing arrives; null for never.</summary>
    public required DateTimeOffset? NextTransitionAt { get; init; }

    /// <summary>One entry per field, sorted by the field's published name.</summary>
    public required IReadOnlyList<FieldEntry> Fields { get; init; }

    /// <summary>The entry of a field.</summary>
    public FieldEntry For(Field field) => Fields[FieldCatalogue.PositionByName(field)];
}

/// <summary>One field of a ledger.</summary>
public sealed record FieldEntry
{
    /// <summary>The field.</summary>
    public required Field Field { get; init; }

    /// <summary>How the policy decides it.</summary>
    public required FieldPolicy Policy { get; init; }

    /// <summary>Where it stands.</summary>
    public required FieldState State { get; init; }

    /// <summary>The authoritative value (sorted, distinct); null when there is none. Empty for an explicit null.</summary>
    public IReadOnlyList<string>? Authoritative { get; init; }

    /// <summary>The rule that decided between differing sources, or the one that refused; null when there was nothing to decide.</summary>
    public string? Rule { get; init; }

    /// <summary>The hold; null unless the state is <see cref="FieldState.Held"/> and the tuple in scope.</summary>
    public Hold? Hold { get; init; }

    /// <summary>Every candidate, sorted by source, instance, record, revision and notification.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>For a converging field: when it takes its final state.</summary>
    public DateTimeOffset? SettlesAt { get; init; }

    /// <summary>The greatest first source time among the distinct current values; null when no value has a time.</summary>
    public DateTimeOffset? DifferSince { get; init; }

    /// <summary>Losing candidates whose record the deciding rule proposes to correct.</summary>
    public IReadOnlyList<Candidate> Corrects { get; init; } = [];
}

/// <summary>An explicit, addressable, reasoned refusal to choose a value.</summary>
public sealed record Hold
{
    /// <summary>The held field.</summary>
    public required Field Field { get; init; }

    /// <summary>The first reason in the fixed order.</summary>
    public required HoldReason Reason { get; init; }

    /// <summary>The other reasons.</summary>
    public required IReadOnlyList<HoldReason> AlsoReasons { get; init; }

    /// <summary>The hold on which this one depends, or null.</summary>
    public required string? Root { get; init; }

    /// <summary>What evidence would release it; any one of a reason's conditions.</summary>
    public required IReadOnlyList<ReleaseCondition> ReleaseWhen { get; init; }

    /// <summary>What could become authoritative, and what would follow. Listed, never authorisable.</summary>
    public IReadOnlyList<Alternative> Alternatives { get; init; } = [];

    /// <summary>The hold's address within its ledger.</summary>
    public string Id => IdOf(Field, Reason);

    /// <summary>The address of a hold within its ledger.</summary>
    public static string IdOf(Field field, HoldReason reason) => $"{WireNames.Of(field)}/{WireNames.Of(reason)}";
}

/// <summary>One condition that releases a hold.</summary>
/// <param name="Source">Who must say it; null for the steward.</param>
/// <param name="Field">Which field.</param>
/// <param name="Predicate">What must come to hold.</param>
/// <param name="Value">The value that the predicate is about; null where it needs none.</param>
public sealed record ReleaseCondition(Source? Source, Field Field, ReleasePredicate Predicate, string? Value = null);

/// <summary>One value that could come to be authoritative.</summary>
/// <param name="Value">The value.</param>
/// <param name="Sources">Who says it now.</param>
/// <param name="Needs">What it still needs from people.</param>
/// <param name="Writes">The corrections that would then be proposed.</param>
public sealed record Alternative(
    IReadOnlyList<string> Value,
    IReadOnlyList<Source> Sources,
    IReadOnlyList<AlternativeNeed> Needs,
    IReadOnlyList<ProposedWrite> Writes);

/// <summary>One value that one record states for one field.</summary>
public sealed class Candidate
{
    /// <summary>The value (sorted, distinct); empty for an explicit null, an unreadable value or a withdrawn record.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>The digest that it concerns, where it concerns one.</summary>
    public required Digest? About { get; init; }

    /// <summary>The observation that it is shown from: record, revision and lineage.</summary>
    public required Observation Observation { get; init; }

    /// <summary>Where the raw value stands.</summary>
    public required Place Place { get; init; }

    /// <summary>The raw value as the source spells it; null for sets.</summary>
    public string? Raw { get; init; }

    /// <summary>The record's instance is authoritative among the instances of its source.</summary>
    public required bool FromAuthoritativeInstance { get; init; }

    /// <summary>For digest values: what the digest is an address of.</summary>
    public DigestKind DigestKind { get; init; }

    /// <summary>What became of it.</summary>
    public CandidateOutcome Outcome { get; internal set; } = CandidateOutcome.Contested;

    /// <summary>Why, in a sentence without values.</summary>
    public string Why { get; internal set; } = Whys.Contested;

    /// <summary>Whether it takes part in comparing: neither skewed, withdrawn, unreadable nor incomparable, nor about another digest.</summary>
    internal bool Counts => Outcome is not (CandidateOutcome.Skewed or CandidateOutcome.Withdrawn
        or CandidateOutcome.Unreadable or CandidateOutcome.Incomparable or CandidateOutcome.OtherDigest);

    /// <summary>The source that says it.</summary>
    public Source Source => Observation.Record.Source;
}
