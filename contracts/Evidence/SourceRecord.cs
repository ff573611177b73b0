namespace ReleaseIntegrity.Contracts;

/// <summary>What kind of thing a source record describes.</summary>
public enum RecordKind
{
    /// <summary>A tag at a registry; the id is <c>registry/repository:tag</c>.</summary>
    RegistryTag,

    /// <summary>A manifest at a registry; the id is <c>registry/repository@digest</c>.</summary>
    RegistryManifest,

    /// <summary>A repository at a registry, described only when it is deleted; the id is <c>registry/repository</c>.</summary>
    RegistryRepository,

    /// <summary>A ledger entry; the id is <c>log id/leaf hash</c> or the typed envelope hash.</summary>
    LedgerEntry,

    /// <summary>A change record; the id is the change system's own immutable id.</summary>
    ChangeRecord,

    /// <summary>A container; the id is <c>cluster/pod uid/container</c>.</summary>
    Container,

    /// <summary>An admission decision; the id is <c>cluster/request uid/container</c>.</summary>
    AdmissionDecision,

    /// <summary>A payload that signatures are made over, and which names an image; the id is the payload's digest.</summary>
    SignedPayload,
}

/// <summary>
/// The address of the thing described. Two messages about one thing carry one <see cref="SourceRecord"/>.
/// </summary>
/// <param name="Source">Which kind of system says it.</param>
/// <param name="Instance">Which deployment of it: a registry host, a log id, a change system's host, a cluster.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Id">The thing's own id at that instance.</param>
public sealed record SourceRecord(Source Source, string Instance, RecordKind Kind, string Id);

/// <summary>
/// The source's own order of one record. Revisions compare by <see cref="Counter"/> where both have one, else by
/// <see cref="Time"/>.
/// </summary>
/// <param name="Counter">
/// A decimal integer of any length (log index, <c>sys_mod_count</c>, <c>resourceVersion</c>), or null.
/// </param>
/// <param name="Time">Source time, UTC, or null where the payload carries none.</param>
public sealed record Revision(string? Counter, DateTimeOffset? Time);
