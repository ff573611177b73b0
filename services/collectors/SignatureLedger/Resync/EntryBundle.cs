using System.Buffers.Binary;
using System.Globalization;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// An entry bundle of a tiled log (C2SP tlog-tiles, "Log entries"): up to 256 entries, each after its length in two bytes,
/// the greater first.
/// </summary>
internal static class EntryBundle
{
    /// <summary>Entries of a full bundle.</summary>
    public const int Width = 256;

    private const int LengthBytes = sizeof(ushort);
    private const int GroupSize = 1000;

    /// <summary>
    /// Where a bundle is, below the log's prefix: its number in groups of three digits, all but the last after an <c>x</c>, and
    /// the width of a partial one: 1234067 with 8 entries is <c>tile/entries/x001/x234/067.p/8</c>.
    /// </summary>
    public static string PathOf(long number, int width)
    {
        string path = Group(number);
        for (number /= GroupSize; number > 0; number /= GroupSize)
        {
            path = $"x{Group(number)}/{path}";
        }

        return width == Width ? $"tile/entries/{path}" : string.Create(CultureInfo.InvariantCulture, $"tile/entries/{path}.p/{width}");
    }

    /// <summary>The first entries of a bundle, as many as the checkpoint counts: it may have more by now.</summary>
    /// <exception cref="SourceException">It has fewer, or is no bundle.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bundle, int count)
    {
        var entries = new List<ReadOnlyMemory<byte>>(count);
        for (int at = 0; entries.Count < count;)
        {
            if (bundle.Length - at < LengthBytes)
            {
                throw new SourceException(SourceTrouble.Unexpected, "an entry bundle holds fewer entries than the checkpoint counts");
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span[at..]);
            at += LengthBytes;
            if (bundle.Length - at < length)
            {
                throw new SourceException(SourceTrouble.Unexpected, "an entry bundle ends within an entry");
            }

            entries.Add(bundle.Slice(at, length));
            at += length;
        }

        return entries;
    }

    private static string Group(long number) => (number % GroupSize).ToString("D3", CultureInfo.InvariantCulture);
}
