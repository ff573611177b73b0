using System.Globalization;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Comparing;

/// <summary>The parts of a package as one line each, whole: two parts that differ have different lines.</summary>
internal static class PackageTexts
{
    /// <summary>A value; a set in braces, <c>null</c> for none.</summary>
    public static string Of(FieldValues? value) => value switch
    {
        null => "null",
        { IsSet: true } => $"{{{value}}}",
        _ => value.ToString(),
    };

    /// <summary>An instant, or nothing.</summary>
    public static string Of(DateTimeOffset? instant) =>
        instant?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A candidate: what it says, what became of it, who said it when, and in which kept notification.</summary>
    public static string Of(CandidateView c) => Line(
        Of(c.Value),
        c.About is null ? "" : $"about {c.About}",
        $"{c.Outcome}: {c.Why}",
        $"{c.Source} {c.Instance} {c.RecordId}",
        c.Revision is null ? "" : $"revision {c.Revision}",
        Of(c.SourceTime),
        $"notification {c.NotificationSha256} {string.Join(' ', c.Decode.Select(d => $"{d.Pointer} as {d.As}").Append(c.Pointer))}");

    /// <summary>A hold: its reasons, the hold that it depends on, and what releases it.</summary>
    public static string Of(HoldView hold) => Line(
        string.Join(' ', hold.AlsoReasons.Prepend(hold.Reason)),
        hold.Root is null ? "" : $"depends on {hold.Root}",
        hold.ReleaseWhen.Count == 0 ? "" : "released when " + string.Join(", ", hold.ReleaseWhen.Select(Of)),
        hold.Alternatives.Count == 0 ? "" : "alternatives " + string.Join(", ", hold.Alternatives.Select(Of)));

    /// <summary>An alternative: its value, who says it, what it needs, and what would be written.</summary>
    public static string Of(AlternativeView alternative) => Line(
        $"{alternative.Field} {Of(alternative.Value)}",
        alternative.Sources.Count == 0 ? "" : $"said by {string.Join(' ', alternative.Sources)}",
        alternative.Needs.Count == 0 ? "" : $"needs {string.Join(' ', alternative.Needs)}",
        alternative.Writes.Count == 0 ? "" : $"would write {string.Join(", ", alternative.Writes.Select(Of))}");

    /// <summary>A write: its record, the patch and the inverse.</summary>
    public static string Of(WriteView write) =>
        Line(Of(write.Target), string.Join(", ", write.Patch.Select(Of)), $"inverse {string.Join(", ", write.Inverse.Select(Of))}");

    /// <summary>A target record.</summary>
    public static string Of(TargetView target) => Line(
        $"{target.Source} {target.Instance} {target.RecordId}", target.Revision is null ? "" : $"revision {target.Revision}");

    private static string Of(ConditionView condition) =>
        $"{condition.Source} {condition.Field} {condition.Predicate} {condition.Value}".TrimEnd();

    private static string Of(OperationView operation) => $"{operation.Op} {operation.Path} {operation.Value ?? "null"}";

    private static string Line(params string[] parts) => string.Join("; ", parts.Where(p => p.Length > 0));
}
