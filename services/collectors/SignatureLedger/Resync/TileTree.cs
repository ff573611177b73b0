using System.Globalization;
using System.Security.Cryptography;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// The tree of a tiled log (RFC 6962 section 2.1; C2SP tlog-tiles, "Merkle Tree"): what its root was when it was shorter, from the
/// hashes that its tiles hold now. A tile of level L holds the roots of full subtrees of 256^L entries.
/// </summary>
internal static class TileTree
{
    private const int BitsPerLevel = 8;

    /// <summary>The root of the first entries, lower-case hex.</summary>
    /// <param name="length">How many, at least one.</param>
    /// <param name="size">How many the log has now, at least <paramref name="length"/>.</param>
    /// <param name="read">Reads a tile by level, number and the width that it has now; one that has grown since is as good.</param>
    /// <exception cref="SourceException">A tile is no tile.</exception>
    public static async Task<string> RootAsync(long length, long size, Func<int, long, int, Task<ReadOnlyMemory<byte>>> read)
    {
        // The full subtrees that make up the first entries, from the widest on the left to the narrowest.
        var subtrees = new List<byte[]>();
        for (int level = (BitsOf(length) - 1) / BitsPerLevel; level >= 0; level--)
        {
            long nodes = length >> (level * BitsPerLevel);
            int count = (int)(nodes % TilePath.Width);
            if (count == 0)
            {
                continue;
            }

            long number = nodes / TilePath.Width;
            long there = size >> (level * BitsPerLevel);
            ReadOnlyMemory<byte> tile = await read(level, number, there / TilePath.Width > number ? TilePath.Width : (int)(there % TilePath.Width));
            if (tile.Length < count * SHA256.HashSizeInBytes)
            {
                throw new SourceException(SourceTrouble.Unexpected, "a tile of the log holds fewer hashes than the checkpoint counts");
            }

            AddSubtrees(tile.Span, count, subtrees);
        }

        byte[] root = subtrees[^1];
        for (int i = subtrees.Count - 2; i >= 0; i--)
        {
            root = NodeOf(subtrees[i], root);
        }

        return Convert.ToHexStringLower(root);
    }

    /// <summary>The name of a level in a tile's path.</summary>
    public static string NameOf(int level) => level.ToString(CultureInfo.InvariantCulture);

    private static int BitsOf(long length) => 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)length);

    /// <summary>Some hashes of one tile as the roots of as few full subtrees as they make, widest first.</summary>
    private static void AddSubtrees(ReadOnlySpan<byte> hashes, int count, List<byte[]> subtrees)
    {
        int at = 0;
        for (int width = TilePath.Width / 2; width > 0; width /= 2)
        {
            if ((count & width) != 0)
            {
                subtrees.Add(RootOf(hashes.Slice(at * SHA256.HashSizeInBytes, width * SHA256.HashSizeInBytes)));
                at += width;
            }
        }
    }

    private static byte[] RootOf(ReadOnlySpan<byte> hashes) => hashes.Length == SHA256.HashSizeInBytes
        ? hashes.ToArray()
        : NodeOf(RootOf(hashes[..(hashes.Length / 2)]), RootOf(hashes[(hashes.Length / 2)..]));

    private static byte[] NodeOf(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => SHA256.HashData([1, .. left, .. right]);
}
