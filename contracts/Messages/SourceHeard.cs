using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A source instance answered a resync, so that whatever it had at that instant has been read or was known, or it said
/// again what was known. It moves the instance's watermark, from which mutable fields age. Taking it twice changes nothing.
/// </summary>
/// <param name="Source">Whose collector it is.</param>
/// <param name="Instance">The instance, as its records name it.</param>
/// <param name="At">When it was asked, or received, UTC.</param>
public sealed record SourceHeard(
    [property: JsonRequired] Source Source, [property: JsonRequired] string Instance, [property: JsonRequired] DateTimeOffset At);
