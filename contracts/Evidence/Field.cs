namespace ReleaseIntegrity.Contracts;

/// <summary>Every field of a release-integrity record. Storage and wire use <see cref="WireNames"/>: version with care.</summary>
public enum Field
{
    /// <summary>Digest of the manifest that the tuple stands for.</summary>
    ManifestDigest,

    /// <summary>The digest that this tuple's tag names, said by records that state tag and digest together.</summary>
    TagToDigest,

    /// <summary>Canonical repository coordinates, registry host included.</summary>
    Repository,

    /// <summary>When the digest became what the tag names.</summary>
    PromotionTime,

    /// <summary>Tags that mark the digest as active in production; a set.</summary>
    ActiveTags,

    /// <summary>Typed ids of the signature envelopes about the digest; a set.</summary>
    SignatureEnvelopeId,

    /// <summary>Signer (certificate SAN, or the identity that the ledger states); a set over entries.</summary>
    SignerIdentity,

    /// <summary>Signing key id; a set over entries.</summary>
    SignerKeyId,

    /// <summary>SHA-256 fingerprint of the signing certificate, lower-case hex; a set over entries.</summary>
    CertificateFingerprint,

    /// <summary>Issuer and ancestry of the signing certificate; a set over entries.</summary>
    CertificateLineage,

    /// <summary>Reference of the attestation bundle; a set over entries.</summary>
    AttestationBundle,

    /// <summary>When the ledger wrote the entry; a set over entries.</summary>
    LedgerWriteTime,

    /// <summary>Release train.</summary>
    ReleaseTrain,

    /// <summary>Reference of the release window.</summary>
    ReleaseWindow,

    /// <summary>Exception notes, free text.</summary>
    ExceptionNotes,

    /// <summary>References of the exceptions bound to the release; a set.</summary>
    ExceptionBindings,

    /// <summary>The approved production artifact: reference and digest.</summary>
    ApprovedTuple,

    /// <summary>When the change was approved.</summary>
    ApprovalTime,

    /// <summary>Current state as reviewers see it.</summary>
    ReviewerState,

    /// <summary>Digests seen running; one candidate per distinct value of a cluster.</summary>
    ObservedDigest,

    /// <summary>Envelope id that the admission check reported.</summary>
    ObservedEnvelopeId,

    /// <summary>Outcome of the admission controller's signature check: pass, fail, warn, error or skip.</summary>
    AdmissionCheck,

    /// <summary>Clusters in which the artifact is observed; a set.</summary>
    ClusterId,

    /// <summary>When the runtime was last observed.</summary>
    ObservationTime,
}
