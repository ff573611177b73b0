namespace ReleaseIntegrity.Policies;

/// <summary>What a mistyped name was probably meant to be.</summary>
internal static class Suggestion
{
    // Longer names are no typos of ours, and the distance is quadratic in them.
    private const int LongestName = 64;

    /// <summary>The fix for an unknown name: the nearest known one when it is near enough, and all known ones.</summary>
    internal static string For(string name, IReadOnlyList<string> known)
    {
        string all = $"known: {string.Join(", ", known)}";
        return Nearest(name, known) is { } nearest ? $"did you mean '{nearest}'? {all}" : all;
    }

    /// <summary>The nearest known name within a third of its length (at least one edit), or null. Ties go to the first.</summary>
    internal static string? Nearest(string name, IReadOnlyList<string> known)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        string typed = name.ToLowerInvariant();
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string candidate in known)
        {
            int distance = Distance(typed, candidate.ToLowerInvariant());
            if (distance <= Math.Max(1, candidate.Length / 3) && distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.</summary>
    internal static int Distance(string left, string right)
    {
        int[,] edits = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            edits[i, 0] = i;
        }

        for (int j = 0; j <= right.Length; j++)
        {
            edits[0, j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = edits[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                int least = Math.Min(replace, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                edits[i, j] = swapped ? Math.Min(least, edits[i - 2, j - 2] + 1) : least;
            }
        }

        return edits[left.Length, right.Length];
    }
}
