namespace ReleaseIntegrity.Worlds;

/// <summary>One way in which records drift apart. Its kebab-case name is what the command line takes: version with care.</summary>
public enum Drift
{
    /// <summary>A hotfix is signed, approved and running, and the registry names it hours later, or never.</summary>
    LaggingRegistry,

    /// <summary>The change record still approves what was there before a hotfix, for hours or for good.</summary>
    LaggingSnapshot,

    /// <summary>The ledger's entries come hours after the release: delivered late, or written late.</summary>
    LedgerBackfill,

    /// <summary>Notifications that never arrive; a resync reads hours later what they would have said.</summary>
    LostEvents,

    /// <summary>Notifications that arrive several times, up to a day later.</summary>
    RepeatedEvents,

    /// <summary>Notifications that take hours and arrive after what came later.</summary>
    LateDelivery,

    /// <summary>The tag goes back to what it named before the hotfix.</summary>
    TagMovedBack,

    /// <summary>The change record names the new digest with the fingerprint, and sometimes the approval, of the old one.</summary>
    CopiedFingerprint,

    /// <summary>Admission reports a signature envelope that no ledger entry has.</summary>
    UnlinkedEnvelope,

    /// <summary>A source states a time that lies hours ahead of its own reading.</summary>
    ClockSkew,

    /// <summary>A tag, a manifest, a change record or a cluster's pods are deleted.</summary>
    DeletedRecords,

    /// <summary>A registry or a change system comes back from a backup and says again what it said before.</summary>
    RestoredBackup,

    /// <summary>The promotion is told with a digest that is none; the tag is read again later.</summary>
    WrongGrammar,

    /// <summary>A push is told without its digest, and the tag has moved again when it is read.</summary>
    DigestlessPush,

    /// <summary>An approved change is cancelled after the rollout.</summary>
    CancelledChange,

    /// <summary>A rollout that stands still: two digests run side by side for hours.</summary>
    StuckRollout,
}
