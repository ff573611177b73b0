namespace ReleaseIntegrity.Tests.Running.Traffic;

/// <summary>One notification to send.</summary>
/// <param name="Source">Whose collector takes it.</param>
/// <param name="Format">The format.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Headers">Headers that the format reads, besides those that say what the bytes are.</param>
public sealed record Sent(string Source, string Format, byte[] Body, IReadOnlyDictionary<string, string>? Headers = null)
{
    /// <summary>The endpoint, below its collector's address.</summary>
    public string Path => $"notifications/{Format}";

    /// <summary>The format as the offline command names it.</summary>
    public string OfflineFormat => $"{Source}/{Format}";
}

/// <summary>A collector's word that a notification is on disk.</summary>
public sealed record Accepted(Sent Sent, string IntakeId, string NotificationSha256);
