using System.Buffers;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>Where one delivery stands: a line of a file, or a whole file (line 0).</summary>
/// <param name="File">Index of the file.</param>
/// <param name="Line">Line from 1; 0 for the whole file.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes, the line's end not among them.</param>
internal readonly record struct DeliveryPlace(int File, int Line, long Offset, long Length);

/// <summary>Lists the deliveries of the input without reading them: 32 bytes each, so that millions fit.</summary>
internal static class DeliveryPlaces
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Every delivery, in the order of files and lines; blank lines are none.</summary>
    public static List<DeliveryPlace> Of(IReadOnlyList<InputFile> files)
    {
        var places = new List<DeliveryPlace>(files.Count);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                if (files[i].IsLines)
                {
                    AddLines(files[i].Path, i, buffer, places);
                }
                else
                {
                    places.Add(new DeliveryPlace(i, 0, 0, new FileInfo(files[i].Path).Length));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return places;
    }

    /// <summary>Puts the deliveries into another order, the same for the same seed on every machine (Fisher and Yates).</summary>
    public static void Shuffle(List<DeliveryPlace> places, int seed)
    {
        var random = new Random(seed);
        for (int i = places.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (places[i], places[j]) = (places[j], places[i]);
        }
    }

    private static void AddLines(string path, int file, byte[] buffer, List<DeliveryPlace> places)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        long start = 0;
        long position = 0;
        int line = 1;
        bool blank = true;
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, read);
            while (rest.Length > 0)
            {
                int end = rest.IndexOf((byte)'\n');
                blank = blank && !(end < 0 ? rest : rest[..end]).ContainsAnyExcept(" \t\r"u8);
                if (end < 0)
                {
                    position += rest.Length;
                    break;
                }

                position += end;
                AddLine(places, new DeliveryPlace(file, line, start, position - start), blank);
                start = ++position;
                line++;
                blank = true;
                rest = rest[(end + 1)..];
            }
        }

        AddLine(places, new DeliveryPlace(file, line, start, position - start), blank);
    }

    private static void AddLine(List<DeliveryPlace> places, DeliveryPlace place, bool blank)
    {
        if (!blank)
        {
            places.Add(place);
        }
    }
}
