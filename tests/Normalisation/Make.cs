using System.Text;

namespace ReleaseIntegrity.Tests.Normalisation;

/// <summary>Notifications for tests.</summary>
internal static class Make
{
    public static readonly DateTimeOffset ReceivedAt = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);

    public static Notification Json(
        string body, Source source = Source.ArtifactRegistry, string format = "distribution", string? instance = null,
        Dictionary<string, string>? headers = null) =>
        Bytes(Encoding.UTF8.GetBytes(body), source, format, instance, headers);

    public static Notification Bytes(
        byte[] body, Source source = Source.ArtifactRegistry, string format = "distribution", string? instance = null,
        Dictionary<string, string>? headers = null) => new()
        {
            Source = source,
            Format = format,
            Body = body,
            ReceivedAt = ReceivedAt,
            Instance = instance,
            Headers = headers ?? [],
        };

    /// <summary>A digest whose hex is one digit throughout.</summary>
    public static string Digest(char digit) => "sha256:" + new string(digit, 64);
}
