namespace ReleaseIntegrity.Core;

/// <summary>Where a field stands.</summary>
public enum FieldState
{
    /// <summary>The authority speaks and nobody differs.</summary>
    Agreed,

    /// <summary>Sources differ and a named rule chose.</summary>
    Precedence,

    /// <summary>They differ, or a record is still missing, inside the propagation allowance.</summary>
    Converging,

    /// <summary>No value may be chosen.</summary>
    Held,

    /// <summary>Nobody speaks.</summary>
    Missing,

    /// <summary>The authority is past its freshness window and nobody contradicts it.</summary>
    Stale,

    /// <summary>The authority's value can't be read as the field's type.</summary>
    Unreadable,
}

/// <summary>Why a field is held, in the fixed order in which reasons are named.</summary>
public enum HoldReason
{
    /// <summary>The authority's observation lies in the future of its own extraction.</summary>
    ClockSkew,

    /// <summary>The authority contradicts itself: revisions that can't be told apart, or instances that differ.</summary>
    AuthorityConflict,

    /// <summary>The sources stand for different digests.</summary>
    DigestIdentityConflict,

    /// <summary>The snapshot approves something else than what its own evidence supports.</summary>
    SnapshotBindingMismatch,

    /// <summary>The runtime reports an envelope that no approved ledger entry has.</summary>
    RuntimeUnlinked,

    /// <summary>The authority is silent while another source speaks, or must speak.</summary>
    AuthorityMissing,

    /// <summary>The authority is past its freshness window while another source differs.</summary>
    AuthorityStale,

    /// <summary>The policy has no rule for this disagreement.</summary>
    NoRule,
}

/// <summary>What became of one candidate.</summary>
public enum CandidateOutcome
{
    /// <summary>Its value is the authoritative one.</summary>
    Authoritative,

    /// <summary>It says the same as the authoritative value.</summary>
    Agrees,

    /// <summary>An observed platform manifest of the authoritative index.</summary>
    Equivalent,

    /// <summary>A rule preferred another value.</summary>
    Lost,

    /// <summary>One of the values between which nobody may choose yet.</summary>
    Contested,

    /// <summary>Can't be compared: another kind of digest or envelope id.</summary>
    Incomparable,

    /// <summary>Concerns another digest than the authoritative one.</summary>
    OtherDigest,

    /// <summary>From the future of its own extraction; it supersedes nothing.</summary>
    Skewed,

    /// <summary>The record is gone at its source.</summary>
    Withdrawn,

    /// <summary>The value can't be read as the field's type.</summary>
    Unreadable,
}

/// <summary>What evidence would do to a hold; the published vocabulary of <c>releaseWhen</c>.</summary>
public enum ReleasePredicate
{
    /// <summary>A newer revision of the source's record names the value.</summary>
    NewerRevisionNames,

    /// <summary>A later tagged ledger entry claims the value.</summary>
    LaterClaimNames,

    /// <summary>The tagged claim for the value is withdrawn.</summary>
    ClaimWithdrawn,

    /// <summary>A selected ledger entry about the value arrives.</summary>
    EntryAbout,

    /// <summary>A record of the source arrives.</summary>
    RecordArrives,

    /// <summary>The source is heard again within the freshness window.</summary>
    SourceHeardAgain,

    /// <summary>One current revision remains, by a resync or a newer revision.</summary>
    SingleRevisionRemains,

    /// <summary>A revision whose time is not in the future of its extraction.</summary>
    UnskewedRevision,

    /// <summary>The snapshot's fingerprint is the one of a current entry about the digest that it names.</summary>
    MatchesLedgerEntry,

    /// <summary>The approval is later than the digest's first ledger write, and new with the digest.</summary>
    LaterApproval,

    /// <summary>An approved ledger entry carries the envelope id.</summary>
    ApprovedEntryHas,

    /// <summary>The runtime reports an envelope id that an approved entry has.</summary>
    ReportsLinkedId,

    /// <summary>The root hold is released.</summary>
    RootReleased,

    /// <summary>All sources agree.</summary>
    SourcesAgree,

    /// <summary>A steward pins one of the candidates.</summary>
    StewardPin,
}

/// <summary>What an alternative still needs from people before it can stand.</summary>
public enum AlternativeNeed
{
    /// <summary>The authoritative registry must come to name the value.</summary>
    RegistryPromotion,

    /// <summary>The digest must get a ledger entry.</summary>
    LedgerEntry,

    /// <summary>The change must be approved again for this digest.</summary>
    ReApproval,

    /// <summary>The tagged ledger claim for the other digest must be withdrawn or followed by a later one.</summary>
    ClaimChange,

    /// <summary>The runtime must come to run it.</summary>
    Rollout,

    /// <summary>Several entries qualify: the value to write must be chosen.</summary>
    ChosenValue,
}
