using System.Globalization;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>Where the parts of a tiled log are (C2SP tlog-tiles, "Parameters" and "Merkle Tree").</summary>
internal static class TilePath
{
    /// <summary>Entries of a full bundle, and hashes of a full tile.</summary>
    public const int Width = 256;

    private const int GroupSize = 1000;

    /// <summary>
    /// The path below the log's prefix: the number in groups of three digits, all but the last after an <c>x</c>, and the width of
    /// a partial one: 1234067 with 8 entries is <c>tile/entries/x001/x234/067.p/8</c>.
    /// </summary>
    /// <param name="kind"><c>entries</c>, or the level of a tile of hashes.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="width">How many it holds, at most <see cref="Width"/>.</param>
    public static string Of(string kind, long number, int width)
    {
        string path = Group(number);
        for (number /= GroupSize; number > 0; number /= GroupSize)
        {
            path = $"x{Group(number)}/{path}";
        }

        return width == Width ? $"tile/{kind}/{path}" : string.Create(CultureInfo.InvariantCulture, $"tile/{kind}/{path}.p/{width}");
    }

    private static string Group(long number) => (number % GroupSize).ToString("D3", CultureInfo.InvariantCulture);
}
