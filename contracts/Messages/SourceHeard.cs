using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A source instance answered a resync: whatever it had at that instant has been read or was known. It moves the
/// instance's watermark, from which mutable fields age, also where nothing was new. Taking it twice changes nothing.
/// </summary>
/// <param name="Source">Whose collector asked.</param>
/// <param name="Instance">The instance, as its records name it.</param>
/// <param name="At">When it was asked, UTC.</param>
public sealed record SourceHeard(
    [property: JsonRequired] Source Source, [property: JsonRequired] string Instance, [property: JsonRequired] DateTimeOffset At);
