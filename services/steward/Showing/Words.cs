using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>Values as a person reads them.</summary>
internal static class Words
{
    /// <summary>A field's value; <c>none</c> where there is none.</summary>
    public static string Value(FieldValue? value) => value is null ? "none"
        : value.Values.Count == 0 ? "(empty)"
        : string.Join(", ", value.Values);

    /// <summary>An instant to the second, in UTC.</summary>
    public static string Time(Timestamp? time) => time is null
        ? ""
        : time.ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A span in its two greatest units.</summary>
    public static string Span(Duration? span) => span is null ? "" : Span(span.ToTimeSpan());

    /// <summary>A span in its two greatest units.</summary>
    public static string Span(TimeSpan span)
    {
        TimeSpan length = span.Duration();
        string text = length.TotalDays >= 1 ? Pair(length.Days, "d", length.Hours, "h")
            : length.TotalHours >= 1 ? Pair(length.Hours, "h", length.Minutes, "min")
            : length.TotalMinutes >= 1 ? Pair(length.Minutes, "min", length.Seconds, "s")
            : length.TotalSeconds >= 1 || length == TimeSpan.Zero ? $"{length.Seconds} s"
            : $"{length.Milliseconds} ms";
        return span < TimeSpan.Zero ? "-" + text : text;
    }

    /// <summary>A package's state.</summary>
    public static string State(PackageState state) => state switch
    {
        PackageState.Prepared => "prepared",
        PackageState.Superseded => "superseded",
        PackageState.Closed => "closed",
        PackageState.Acknowledged => "acknowledged",
        PackageState.RepairAuthorized => "repair-authorized",
        PackageState.Returned => "returned",
        PackageState.Repaired => "repaired",
        PackageState.Diverged => "diverged",
        _ => "unknown",
    };

    /// <summary>A count with its noun.</summary>
    public static string Count(int count, string one, string? several = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several ?? one + "s")}");

    /// <summary>The first digits of an id.</summary>
    public static string Short(string id) => id.Length > 12 ? id[..12] : id;

    /// <summary>All reasons of a hold, and the hold that it depends on.</summary>
    public static string Reasons(Hold hold)
    {
        string also = string.Concat(hold.AlsoReasons.Select(r => $", also {r}"));
        string root = hold.Root.Length == 0 ? "" : $" (with {hold.Root.Split('/')[0]})";
        return hold.Reason + also + root;
    }

    /// <summary>Colour of a state.</summary>
    public static string Style(string state) => state switch
    {
        "agreed" or "repaired" or "observed" => "green",
        "held" or "unreadable" or "diverged" or "contested" => "red",
        "precedence" or "stale" or "returned" => "yellow",
        "converging" or "pending" => "blue",
        "missing" or "silent" or "superseded" or "closed" => "grey",
        _ => "",
    };

    private static string Pair(int great, string greatUnit, int small, string smallUnit) =>
        small == 0 ? $"{great} {greatUnit}" : $"{great} {greatUnit} {small} {smallUnit}";
}
