using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

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

/// <summary>Coordinates that mean others: <c>mirror.example/hub</c> → <c>docker.io</c>.</summary>
/// <param name="From">A registry host, or a host and path prefix.</param>
/// <param name="To">What it stands for.</param>
public sealed record CoordinateAlias(string From, string To)
{
    /// <summary>The reference under the alias, or null when it doesn't apply.</summary>
    public ImageReference? Apply(ImageReference image)
    {
        string coordinates = image.Coordinates;
        bool applies = coordinates.Length > From.Length
            && coordinates.StartsWith(From, StringComparison.Ordinal)
            && coordinates[From.Length] == '/';
        if (!applies)
        {
            return null;
        }

        string target = To + coordinates[From.Length..];
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        return image with { Registry = target[..slash], Repository = target[(slash + 1)..] };
    }
}
