namespace ReleaseIntegrity.Contracts;

/// <summary>
/// A kept notification as it was read last: what a collector asks about before it lets the bytes go. Asked over HTTP with
/// <c>POST /items/unreferenced</c>, as an array; the answer is the array of those addresses on which nothing rests.
/// </summary>
/// <param name="NotificationSha256">Address of the kept bytes, lower-case hex.</param>
/// <param name="Format">The format that read them.</param>
/// <param name="MappingVersion">The mapping version that read them.</param>
/// <param name="Observations">
/// How many observations that made. As long as the reconciler knows fewer, the others are on their way, and it says nothing
/// about the notification.
/// </param>
public sealed record KeptReading(string NotificationSha256, string Format, int MappingVersion, int Observations);
