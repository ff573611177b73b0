using System.Globalization;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>The spellings of time that one source uses (FORMATS 1.8); a format names its own, and no others are taken.</summary>
[Flags]
public enum TimeFormats
{
    /// <summary>RFC 3339, any number of fraction digits, any offset: <c>2018-10-11T13:53:21.859222576Z</c>.</summary>
    Rfc3339 = 1,

    /// <summary>As RFC 3339, but the offset without a colon: <c>2015-05-12T13:05:25.461-0700</c> (Jira, PagerDuty).</summary>
    OffsetWithoutColon = 2,

    /// <summary><c>2016-11-29 12:25:46</c>, in the zone that the source documents (ServiceNow: UTC).</summary>
    Spaced = 4,

    /// <summary><c>2021-04-28 21:50:00 +0200</c> (GitLab).</summary>
    SpacedOffset = 8,

    /// <summary><c>2021-04-28 21:50:00 UTC</c> (GitLab releases).</summary>
    SpacedUtc = 16,

    /// <summary>Seconds since 1970 in any spelling of a number. Zero is absent.</summary>
    EpochSeconds = 32,

    /// <summary>Milliseconds since 1970 in any spelling of a number. Zero is absent.</summary>
    EpochMilliseconds = 64,
}

/// <summary>What a node says as a time.</summary>
/// <param name="Utc">The time; null where it is absent, empty or unreadable.</param>
/// <param name="Presence">Absent (zero times too), explicitly empty, or a value.</param>
/// <param name="Unreadable">Why a value can't be read as a time; null where it can.</param>
public readonly record struct TimeReading(DateTimeOffset? Utc, Presence Presence, string? Unreadable);

/// <summary>
/// Times by explicit formats. <c>DateTimeOffset.Parse</c> assumes the local zone where none is given and rounds where
/// <c>TryGetDateTimeOffset</c> truncates; here a fraction is truncated to 7 digits and nothing is assumed.
/// </summary>
public static class Times
{
    /// <summary>RFC 3339 in UTC with <c>Z</c>, at most 7 fraction digits, no trailing zeros.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a node. The zero time <c>0001-01-01T00:00:00Z</c> and epoch 0 mean absent (Go's zero values).</summary>
    /// <param name="node">A string or number.</param>
    /// <param name="formats">The formats that the source uses.</param>
    /// <param name="zone">For <see cref="TimeFormats.Spaced"/>: the zone that the source documents; UTC by default.</param>
    public static TimeReading Read(Node node, TimeFormats formats, TimeSpan zone = default)
    {
        if (node.Presence != Presence.Value)
        {
            return new TimeReading(null, node.Presence, null);
        }

        if (node.Text is not { } text || node.Kind is not (NodeKind.String or NodeKind.Number)
            || !TryParse(text, formats, out DateTimeOffset time, zone))
        {
            return new TimeReading(null, Presence.Value, $"not a time ({Expected(formats)})");
        }

        return IsZero(time, text) ? new TimeReading(null, Presence.Absent, null) : new TimeReading(time, Presence.Value, null);
    }

    /// <summary>Parses a text in one of the given formats; the result is in UTC. No other spelling is taken.</summary>
    public static bool TryParse(string? text, TimeFormats formats, out DateTimeOffset utc, TimeSpan zone = default)
    {
        utc = default;
        if (text is null || text.Length > 64)
        {
            return false;
        }

        if ((formats & (TimeFormats.EpochSeconds | TimeFormats.EpochMilliseconds)) != 0
            && Numbers.TryDecimal(text, out decimal number))
        {
            return TryEpoch(number, (formats & TimeFormats.EpochSeconds) != 0 ? 10_000_000m : 10_000m, out utc);
        }

        return TryCalendar(text, formats, zone, out utc);
    }

    private static bool IsZero(DateTimeOffset time, string text) =>
        time.Ticks == 0 || (time == DateTimeOffset.UnixEpoch && !text.Contains('T', StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal));

    private static bool TryEpoch(decimal number, decimal ticksPerUnit, out DateTimeOffset utc)
    {
        utc = default;
        const decimal Epoch = 621_355_968_000_000_000m;
        if (Math.Abs(number) > 1e16m)
        {
            return false;
        }

        decimal ticks = decimal.Floor(number * ticksPerUnit) + Epoch;
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }

        utc = new DateTimeOffset((long)ticks, TimeSpan.Zero);
        return true;
    }

    /// <summary><c>yyyy-MM-dd?HH:mm:ss</c>, a fraction, and whatever names the zone.</summary>
    private static bool TryCalendar(ReadOnlySpan<char> text, TimeFormats formats, TimeSpan zone, out DateTimeOffset utc)
    {
        utc = default;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':'
            || !Digits(text[..4], out int year) || !Digits(text.Slice(5, 2), out int month) || !Digits(text.Slice(8, 2), out int day)
            || !Digits(text.Slice(11, 2), out int hour) || !Digits(text.Slice(14, 2), out int minute) || !Digits(text.Slice(17, 2), out int second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60 || text[10] is not ('T' or 't' or ' '))
        {
            return false;
        }

        if (!TryFraction(text[19..], out long fraction, out ReadOnlySpan<char> rest)
            || !TryZone(rest, spaced: text[10] == ' ', formats, zone, out int offsetMinutes))
        {
            return false;
        }

        // A leap second (":60", RFC 3339 section 5.6) is the first second of the next minute: ticks have no other place for it.
        long ticks = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks
            + (second * TimeSpan.TicksPerSecond) + fraction - (offsetMinutes * TimeSpan.TicksPerMinute);
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }

        utc = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text is not ['.' or ',', ..])
        {
            return true;
        }

        int length = text[1..].IndexOfAnyExceptInRange('0', '9');
        length = length < 0 ? text.Length - 1 : length;
        for (int i = 0; i < 7; i++)
        {
            ticks = (ticks * 10) + (i < length ? text[1 + i] - '0' : 0);
        }

        rest = text[(1 + length)..];
        return length > 0;
    }

    private static bool TryZone(ReadOnlySpan<char> text, bool spaced, TimeFormats formats, TimeSpan zone, out int offsetMinutes)
    {
        offsetMinutes = (int)zone.TotalMinutes;
        if (text.IsEmpty)
        {
            return spaced && formats.HasFlag(TimeFormats.Spaced);
        }

        offsetMinutes = 0;
        if (spaced)
        {
            return (text is " UTC" && formats.HasFlag(TimeFormats.SpacedUtc))
                || (text[0] == ' ' && formats.HasFlag(TimeFormats.SpacedOffset) && TryOffset(text[1..], out _, out offsetMinutes));
        }

        if (text is "Z" or "z")
        {
            return formats.HasFlag(TimeFormats.Rfc3339);
        }

        return TryOffset(text, out bool colon, out offsetMinutes)
            && formats.HasFlag(colon ? TimeFormats.Rfc3339 : TimeFormats.OffsetWithoutColon);
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out bool colon, out int minutes)
    {
        minutes = 0;
        colon = text.Length == 6 && text[3] == ':';
        if ((!colon && text.Length != 5) || text[0] is not ('+' or '-')
            || !Digits(text.Slice(1, 2), out int hours) || !Digits(text[(colon ? 4 : 3)..], out int rest) || hours > 23 || rest > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string Expected(TimeFormats formats) => string.Join(", ", Spellings.Where(s => formats.HasFlag(s.Format)).Select(s => s.Name));

    private static readonly (TimeFormats Format, string Name)[] Spellings =
    [
        (TimeFormats.Rfc3339, "RFC 3339"),
        (TimeFormats.OffsetWithoutColon, "yyyy-MM-ddTHH:mm:ss.fff+hhmm"),
        (TimeFormats.Spaced, "yyyy-MM-dd HH:mm:ss"),
        (TimeFormats.SpacedOffset, "yyyy-MM-dd HH:mm:ss +hhmm"),
        (TimeFormats.SpacedUtc, "yyyy-MM-dd HH:mm:ss UTC"),
        (TimeFormats.EpochSeconds, "seconds since 1970"),
        (TimeFormats.EpochMilliseconds, "milliseconds since 1970"),
    ];
}
