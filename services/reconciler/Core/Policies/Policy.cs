using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// The rules by which evidence becomes a ledger: versioned, complete (one entry per <see cref="Field"/>), and
/// validated where it is loaded. The core trusts it.
/// </summary>
public sealed record Policy
{
    /// <summary>The document's own version.</summary>
    public required string Version { get; init; }

    /// <summary>Lower-case hex SHA-256 of the policy document's bytes.</summary>
    public required string Digest { get; init; }

    /// <summary>Which tuples get holds and packages without being named by a snapshot or a tagged claim.</summary>
    public required Scope Scope { get; init; }

    /// <summary>
    /// Authoritative instances per source. A source without an entry: the registry whose host the tuple names; every
    /// instance of the other sources.
    /// </summary>
    public required IReadOnlyDictionary<Source, IReadOnlySet<string>> AuthoritativeInstances { get; init; }

    /// <summary>Coordinates that mean others (mirrors, renamed hosts), longest prefix first.</summary>
    public required IReadOnlyList<CoordinateAlias> Aliases { get; init; }

    /// <summary>How far in the future of its extraction an observation may lie.</summary>
    public required TimeSpan SkewAllowance { get; init; }

    /// <summary>Source times closer than this can't be told apart, per source.</summary>
    public required IReadOnlyDictionary<Source, TimeSpan> ClockResolution { get; init; }

    /// <summary>What an approval binds.</summary>
    public required ApprovalBinding ApprovalBinds { get; init; }

    /// <summary>Which ledger entries count as the release's signature lineage.</summary>
    public required EntrySelection Entries { get; init; }

    /// <summary>A package is prepared this long after the first disagreement at the latest, converging or not.</summary>
    public required TimeSpan PackageDeadline { get; init; }

    /// <summary>A package expires this long after its effective as-of.</summary>
    public required TimeSpan PackageLifetime { get; init; }

    /// <summary>One entry per field, indexed by <see cref="Field"/>.</summary>
    public required IReadOnlyList<FieldPolicy> Fields { get; init; }

    /// <summary>The entry of a field.</summary>
    public FieldPolicy For(Field field) => Fields[(int)field];

    /// <summary>The coordinates that a reference means, after aliases.</summary>
    public ImageReference Canonical(ImageReference image)
    {
        foreach (CoordinateAlias alias in Aliases)
        {
            if (alias.Apply(image) is { } canonical)
            {
                return canonical;
            }
        }

        return image;
    }
}

/// <summary>What an approval binds.</summary>
public enum ApprovalBinding
{
    /// <summary>The artifact tuple: an approval older than the digest's first ledger write doesn't bind it.</summary>
    Tuple,

    /// <summary>The change: approval may precede the build.</summary>
    Change,
}

/// <summary>Repository patterns: <c>registry/repository</c> with <c>*</c> within and <c>**</c> across path segments.</summary>
public sealed record Scope(IReadOnlyList<CoordinatePattern> Repositories)
{
    /// <summary>Whether a pattern names the coordinates.</summary>
    public bool Includes(ImageReference tuple)
    {
        foreach (CoordinatePattern pattern in Repositories)
        {
            if (pattern.Matches(tuple.Coordinates))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Which ledger entries the policy selects.</summary>
/// <param name="PredicateTypes">Patterns with <c>*</c>; <c>message-signature</c> stands for entries without a predicate.</param>
/// <param name="Signers">Patterns with <c>*</c> over signer identities and key ids; empty selects all signers.</param>
public sealed record EntrySelection(IReadOnlyList<CoordinatePattern> PredicateTypes, IReadOnlyList<CoordinatePattern> Signers)
{
    /// <summary>The name under which <see cref="PredicateTypes"/> select an entry without a predicate.</summary>
    public const string MessageSignature = "message-signature";

    /// <summary>Whether an entry counts.</summary>
    public bool Selects(Observation entry) =>
        MatchesAny(PredicateTypes, entry.PredicateType ?? MessageSignature) && (Signers.Count == 0 || SignedByAny(entry));

    private static bool MatchesAny(IReadOnlyList<CoordinatePattern> patterns, string text)
    {
        for (int i = 0; i < patterns.Count; i++)
        {
            if (patterns[i].Matches(text))
            {
                return true;
            }
        }

        return false;
    }

    private bool SignedByAny(Observation entry)
    {
        foreach (FieldReading reading in entry.Fields)
        {
            if (reading.Field is Field.SignerIdentity or Field.SignerKeyId
                && reading.Values.Any(v => MatchesAny(Signers, v)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>How one field is decided.</summary>
public sealed record FieldPolicy
{
    /// <summary>The field.</summary>
    public required Field Field { get; init; }

    /// <summary>Whose value is authoritative.</summary>
    public required Source Authority { get; init; }

    /// <summary>Who may confirm it, and is heard when it differs.</summary>
    public required IReadOnlySet<Source> Confirmers { get; init; }

    /// <summary>How long after the source instance was last heard the value counts; null for a field that doesn't age.</summary>
    public TimeSpan? Freshness { get; init; }

    /// <summary>How long sources may differ, or a record be missing, while the value propagates.</summary>
    public required TimeSpan Allowance { get; init; }

    /// <summary>How the value is masked.</summary>
    public required MaskClass Mask { get; init; }

    /// <summary>Sources whose record a correction of this field may propose to write; none for a field never corrected.</summary>
    public required IReadOnlySet<Source> WriteTargets { get; init; }

    /// <summary>What to do when a source differs from the authority; the first rule that matches it decides.</summary>
    public required IReadOnlyList<DisagreementRule> Disagreements { get; init; }
}

/// <summary>One ordered rule for a source that differs from the authority.</summary>
public sealed record DisagreementRule
{
    /// <summary>The name that the ledger shows.</summary>
    public required string Name { get; init; }

    /// <summary>The differing sources that it is about.</summary>
    public required IReadOnlySet<Source> Differs { get; init; }

    /// <summary>Only where a selected ledger entry does (true) or doesn't (false) cover the authority's digest; null for either.</summary>
    public bool? Signed { get; init; }

    /// <summary>The reason of the hold; null where the authority's value stands.</summary>
    public HoldReason? Hold { get; init; }

    /// <summary>Whether the differing record, where a write target, is proposed for correction.</summary>
    public bool Write { get; init; }
}

/// <summary>How a value is masked in what a steward sees.</summary>
public enum MaskClass
{
    /// <summary>Shown as it is.</summary>
    None,

    /// <summary>Short form and token: <c>sha256:8f4…7ac#token</c>.</summary>
    Digest,

    /// <summary>A reference: registry host and tag stay, the path is a token, a digest is short.</summary>
    Reference,

    /// <summary>Token only: cluster names, signers.</summary>
    Identifier,

    /// <summary>Short form and token: certificate fingerprints.</summary>
    Fingerprint,

    /// <summary>Masked whole, no length shown: free text.</summary>
    Text,
}
