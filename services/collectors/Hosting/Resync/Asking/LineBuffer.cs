namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>Cuts a stream of bytes into lines of a bounded length.</summary>
internal sealed class LineBuffer(int longest)
{
    private const int Portion = 32 * 1024;

    private byte[] _bytes = new byte[Portion];
    private int _start;
    private int _end;

    /// <summary>Where to put the next bytes.</summary>
    public Memory<byte> Room()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length)
        {
            if (_bytes.Length >= longest)
            {
                throw new SourceException(SourceTrouble.TooLarge, $"a line of the answer is longer than MaxAnswerBytes ({longest})");
            }

            Array.Resize(ref _bytes, (int)Math.Min(longest, _bytes.Length * 2L));
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>Whether nothing is left that is no whole line.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>So many bytes were put there.</summary>
    public void Filled(int count) => _end += count;

    /// <summary>The next whole line that is not empty, without its end, as a copy.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> line)
    {
        while (_bytes.AsSpan(_start, _end - _start).IndexOf((byte)'\n') is >= 0 and int length)
        {
            byte[] taken = _bytes.AsSpan(_start, length).TrimEnd((byte)'\r').ToArray();
            _start += length + 1;
            if (taken.Length > 0)
            {
                line = taken;
                return true;
            }
        }

        line = default;
        return false;
    }
}
