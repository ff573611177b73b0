using System.Text.Json.Serialization;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A correction package was prepared for the steward. May be delivered again and out of order: the chain's number says
/// which package supersedes which. Wire format: version with care.
/// </summary>
public sealed record CorrectionPackagePrepared
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The package's id: SHA-256 hex of its canonical content. Content that comes back has its old id again.</summary>
    public required string PackageId { get; init; }

    /// <summary>The package's number in the tuple's chain, from 1; each number supersedes the ones before it.</summary>
    public required long Revision { get; init; }

    /// <summary>Id of the package before it in the chain; null for the first.</summary>
    public string? Supersedes { get; init; }

    /// <summary>
    /// The package: a <c>package/v1</c> document as canonical JSON (RFC 8785), UTF-8, unmasked, its id included; on the wire
    /// it stands in place.
    /// </summary>
    [JsonConverter(typeof(JsonInPlaceConverter))]
    public required byte[] CanonicalPackage { get; init; }

    /// <summary>When the reconciler prepared it, UTC.</summary>
    public required DateTimeOffset PreparedAt { get; init; }
}
