using System.Text.Json.Serialization;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A tuple's discrepancy ledger changed. Published only when the canonical bytes did, or when somebody asked for all ledgers
/// again (<see cref="RebuildRequested"/>); may be delivered again and out of order. Wire format: version with care.
/// </summary>
public sealed record LedgerChanged
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>Counts the ledgers of this tuple, from 1; of two messages the greater revision is the later ledger.</summary>
    public required long Revision { get; init; }

    /// <summary>
    /// The ledger: a <c>ledger/v1</c> document as canonical JSON (RFC 8785), UTF-8, unmasked; on the wire it stands in place.
    /// </summary>
    [JsonConverter(typeof(JsonInPlaceConverter))]
    public required byte[] CanonicalLedger { get; init; }

    /// <summary>Lower-case hex SHA-256 of the canonical bytes.</summary>
    public required string LedgerSha256 { get; init; }

    /// <summary>The ids of the holds that were not in the tuple's ledger before.</summary>
    public required IReadOnlyList<string> HoldsOpened { get; init; }

    /// <summary>The ids of the holds that are gone.</summary>
    public required IReadOnlyList<string> HoldsReleased { get; init; }

    /// <summary>When the reconciler recorded it, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Where the ledger is sent again: since when its holds are open, as far as that was noted. Else null.</summary>
    public IReadOnlyList<HoldOpening>? HoldsOpen { get; init; }

    /// <summary>
    /// The revision that this one should have been: derived again from the same evidence, at a time between the same
    /// transitions, it came out with other bytes, which is a defect. Else null.
    /// </summary>
    public long? Contradicts { get; init; }
}
