using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Xml;
using Google.Protobuf.WellKnownTypes;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary>Arguments that several commands take.</summary>
internal static class Inputs
{
    /// <summary>A package.</summary>
    public static Argument<string> Package(string name = "PACKAGE") => new(name)
    {
        Description = "A package: its id, a tuple (its package that stands), TUPLE@REVISION, or tuples/ID/packages/ID. First digits do.",
    };

    /// <summary>A tuple.</summary>
    public static Argument<string> Tuple() => new("TUPLE")
    {
        Description = "A tuple: its id or the first digits, or registry/<repo:token>:tag.",
    };

    /// <summary>A tuple as a filter.</summary>
    public static Option<string?> TupleFilter() => new("--tuple") { Description = "Only this tuple.", HelpName = "TUPLE" };

    /// <summary>How many.</summary>
    public static Option<int> Limit()
    {
        var limit = new Option<int>("--limit") { Description = "At most this many.", HelpName = "N", DefaultValueFactory = _ => 100 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int n) && n is < 1 or > 100_000)
            {
                result.AddError("--limit wants 1 to 100000");
            }
        });
        return limit;
    }

    /// <summary>An instant, or a span from now.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">What it is.</param>
    public static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "INSTANT",
        CustomParser = result => Parse(result, name),
    };

    /// <summary>A span such as <c>8h</c>, <c>3d</c>, <c>90min</c> or ISO 8601; null where it is none.</summary>
    public static TimeSpan? Span(string text)
    {
        (string Unit, double Minutes)[] units = [("min", 1), ("h", 60), ("d", 1440)];
        foreach ((string unit, double minutes) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && int.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and < 100_000)
            {
                return TimeSpan.FromMinutes(count * minutes);
            }
        }

        try
        {
            return text.StartsWith('P') && XmlConvert.ToTimeSpan(text) is var span && span > TimeSpan.Zero ? span : null;
        }
        catch (Exception bad) when (bad is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>An RFC 3339 instant; null where it is none.</summary>
    public static DateTimeOffset? Time(string text) =>
        text.Length > 10 && text[10] is 'T' or 't'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant)
            ? instant
            : null;

    /// <summary>For the wire.</summary>
    public static Timestamp? Wire(DateTimeOffset? instant) => instant is { } at ? Timestamp.FromDateTimeOffset(at) : null;

    private static DateTimeOffset? Parse(ArgumentResult argument, string name)
    {
        DateTimeOffset? instant = argument.Tokens.Count == 0 ? null : Time(argument.Tokens[0].Value);
        if (instant is null)
        {
            argument.AddError($"{name} is not an instant; write it as in RFC 3339, e.g. 2026-03-22T12:00:00Z");
        }

        return instant;
    }
}
