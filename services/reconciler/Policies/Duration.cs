using System.Globalization;

namespace ReleaseIntegrity.Policies;

/// <summary>Durations as policies spell them: a whole number and one unit, <c>100ms</c>, <c>30s</c>, <c>15m</c>, <c>4h</c>, <c>7d</c>.</summary>
internal static class Duration
{
    /// <summary>Ten years. A longer one is a slip of the keyboard, and would overflow instants it is added to.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    internal const string Fix = "write a whole number and one unit (ms, s, m, h, d), e.g. 100ms, 30s, 15m, 4h, 7d; at most 3650d";

    /// <summary>Whether text is a duration of at most <see cref="Longest"/>; no signs, fractions, spaces or leading zeros.</summary>
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        bool leadingZero = digits > 1 && text[0] == '0';
        if (digits is 0 or > 12 || leadingZero || UnitTicks(text[digits..]) is not { } unit)
        {
            return false;
        }

        long count = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        if (count > Longest.Ticks / unit)
        {
            return false;
        }

        duration = TimeSpan.FromTicks(count * unit);
        return true;
    }

    private static long? UnitTicks(string unit) => unit switch
    {
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        "d" => TimeSpan.TicksPerDay,
        _ => null,
    };
}
