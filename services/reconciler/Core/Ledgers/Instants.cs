using System.Globalization;

namespace ReleaseIntegrity.Core;

/// <summary>Instants as documents spell them: RFC 3339, UTC with <c>Z</c>, at most seven fraction digits, none trailing.</summary>
public static class Instants
{
    /// <summary>The text of an instant.</summary>
    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Text"/> writes.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);

    /// <summary>
    /// The instant so much later, or the end of time where that lies beyond it: a source may claim any time, and no claim may
    /// make the engine fail.
    /// </summary>
    internal static DateTimeOffset? Later(DateTimeOffset? instant, TimeSpan span) =>
        instant is not { } at ? null : DateTimeOffset.MaxValue - at > span ? at + span : DateTimeOffset.MaxValue;

    /// <summary>Compares single instants as documents spell them; anything else comes before every instant.</summary>
    internal static int Compare(IReadOnlyList<string> a, IReadOnlyList<string> b) => Single(a).CompareTo(Single(b));

    private static DateTimeOffset Single(IReadOnlyList<string> values) =>
        values.Count == 1 && TryParse(values[0], out DateTimeOffset instant) ? instant : DateTimeOffset.MinValue;
}
