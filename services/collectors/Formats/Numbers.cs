using System.Globalization;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// Numbers in every spelling that payloads have (FORMATS 1.9): <c>743</c>, <c>"743"</c> (protojson), <c>10.0</c>
/// (ServiceNow), <c>1.417566161e+09</c> (Docker Hub). <c>TryGetInt64</c> refuses or throws on most of these.
/// </summary>
public static class Numbers
{
    /// <summary>Digits that a number may have once its exponent is applied: more is no counter and no time.</summary>
    public const int MaxDigits = 400;

    /// <summary>
    /// Reads an integer of up to <see cref="MaxDigits"/> digits and writes it canonically: no sign but <c>-</c>, no
    /// leading zeros, no fraction, no exponent. False where the text is no number or no whole number.
    /// </summary>
    public static bool TryInteger(ReadOnlySpan<char> text, out string integer)
    {
        integer = "";
        bool negative = text is ['-', ..];
        if (text is ['-' or '+', ..])
        {
            text = text[1..];
        }

        int exponent = 0;
        int e = text.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            if (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || Math.Abs((long)exponent) > MaxDigits)
            {
                return false;
            }

            text = text[..e];
        }

        int dot = text.IndexOf('.');
        ReadOnlySpan<char> whole = dot < 0 ? text : text[..dot];
        ReadOnlySpan<char> fraction = dot < 0 ? [] : text[(dot + 1)..];
        if (whole.Length == 0 || whole.Length + fraction.Length > MaxDigits || (dot >= 0 && fraction.Length == 0)
            || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        return TryScale(string.Concat(whole, fraction), exponent - fraction.Length, negative, out integer);
    }

    /// <summary>Reads a 64-bit integer in any spelling.</summary>
    public static bool TryInt64(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return TryInteger(text, out string integer)
            && long.TryParse(integer, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads a decimal in any spelling, within the range of <see cref="decimal"/>.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out decimal value) =>
        decimal.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value);

    /// <summary>Digits times ten to the power of the scale, if that is a whole number.</summary>
    private static bool TryScale(string digits, int scale, bool negative, out string integer)
    {
        integer = "";
        if (scale < 0)
        {
            int cut = Math.Max(0, digits.Length + scale);
            if (digits.AsSpan(cut).ContainsAnyExcept('0'))
            {
                return false;
            }

            digits = digits[..cut];
        }

        ReadOnlySpan<char> significant = digits.AsSpan().TrimStart('0');
        if (significant.IsEmpty)
        {
            integer = "0";
            return true;
        }

        integer = string.Concat(negative ? "-" : "", significant, new string('0', Math.Max(0, scale)));
        return integer.Length <= MaxDigits + 1;
    }
}
