namespace ReleaseIntegrity.Contracts;

/// <summary>The four kinds of system that describe one released artifact.</summary>
public enum Source
{
    /// <summary>Authoritative for manifest identity, tags and promotion.</summary>
    ArtifactRegistry,

    /// <summary>Authoritative for signature envelopes and signer lineage.</summary>
    SignatureLedger,

    /// <summary>Authoritative for release window, exceptions and the approved tuple.</summary>
    ChangeSnapshot,

    /// <summary>Confirms what runs; never overrides a signed source.</summary>
    RuntimeValidation,
}
