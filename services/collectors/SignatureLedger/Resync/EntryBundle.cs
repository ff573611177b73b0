using System.Buffers.Binary;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// An entry bundle of a tiled log (C2SP tlog-tiles, "Log entries"): up to 256 entries, each after its length in two bytes,
/// the greater first.
/// </summary>
internal static class EntryBundle
{
    /// <summary>Entries of a full bundle.</summary>
    public const int Width = TilePath.Width;

    private const int LengthBytes = sizeof(ushort);

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
}
