namespace ReleaseIntegrity.Contracts;

/// <summary>A pattern with <c>*</c> (no slash) and <c>**</c> (anything); everything else is literal.</summary>
public sealed record CoordinatePattern(string Text)
{
    /// <summary>Whether the pattern covers the whole text. Linear backtracking to the last star, so bounded by the product of the lengths.</summary>
    public bool Matches(string text)
    {
        if (Text is "**")
        {
            return true;
        }

        int p = 0;
        int t = 0;
        int starAt = -1;
        int starText = 0;
        bool crosses = false;
        while (t < text.Length)
        {
            if (p < Text.Length && Text[p] == '*')
            {
                crosses = p + 1 < Text.Length && Text[p + 1] == '*';
                p += crosses ? 2 : 1;
                starAt = p;
                starText = t;
            }
            else if (p < Text.Length && Text[p] == text[t])
            {
                p++;
                t++;
            }
            else if (starAt >= 0 && (crosses || text[starText] != '/'))
            {
                p = starAt;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        return Text.AsSpan(p).Trim('*').IsEmpty;
    }
}
