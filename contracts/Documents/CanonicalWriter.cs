using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>
/// Writes the JSON Canonicalization Scheme (RFC 8785) as UTF-8 without a document in memory: no white space, shortest
/// escapes. The caller writes members in the order of their names' UTF-16 code units (section 3.2.3); a debug build
/// checks it. Rents its buffer: dispose it. Not safe for concurrent use.
/// </summary>
public sealed class CanonicalWriter : IDisposable
{
    private const int FirstSize = 32 * 1024;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private readonly Stack<string> _names = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write. Writable, for values that are known only at the end.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Begins an object.</summary>
    public void BeginObject()
    {
        Separate();
        Put((byte)'{');
        Enter();
    }

    /// <summary>Ends an object.</summary>
    public void EndObject()
    {
        Put((byte)'}');
        Leave();
    }

    /// <summary>Begins an array.</summary>
    public void BeginArray()
    {
        Separate();
        Put((byte)'[');
    }

    /// <summary>Ends an array.</summary>
    public void EndArray() => Put((byte)']');

    /// <summary>Begins a member; its value follows.</summary>
    public void Name(string name)
    {
        CheckOrder(name);
        Separate();
        Quote(name);
        Put((byte)':');
    }

    /// <summary>A string, or null.</summary>
    public void Text(string? value)
    {
        Separate();
        if (value is null)
        {
            Put("null"u8);
            return;
        }

        Quote(value);
    }

    /// <summary>A truth value.</summary>
    public void Flag(bool value)
    {
        Separate();
        Put(value ? "true"u8 : "false"u8);
    }

    /// <summary>An integer within ±2^53, which section 3.2.2.3 writes in decimal digits.</summary>
    public void Number(long value)
    {
        Separate();
        Reserve(20);
        _ = value.TryFormat(_buffer.AsSpan(Length), out int written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>A member with a string or null.</summary>
    public void Member(string name, string? value)
    {
        Name(name);
        Text(value);
    }

    /// <summary>A member with a truth value.</summary>
    public void Member(string name, bool value)
    {
        Name(name);
        Flag(value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    // A comma stands before everything but the first of an object or array, and the value of a member. Strings end with
    // a quotation mark, so the last byte tells.
    private void Separate()
    {
        if (Length > 0 && _buffer[Length - 1] is not ((byte)'{' or (byte)'[' or (byte)':'))
        {
            Put((byte)',');
        }
    }

    private void Quote(string value)
    {
        Put((byte)'"');
        ReadOnlySpan<char> rest = value;
        while (rest.IndexOfAny(Escaped) is var at && at >= 0)
        {
            Put(rest[..at]);
            Put(rest[at] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                char control => $"\\u{(int)control:x4}",
            });
            rest = rest[(at + 1)..];
        }

        Put(rest);
        Put((byte)'"');
    }

    private void Put(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(Length));
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Put(byte one)
    {
        Reserve(1);
        _buffer[Length++] = one;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - Length < bytes)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + bytes));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    [Conditional("DEBUG")]
    private void Enter() => _names.Push("");

    [Conditional("DEBUG")]
    private void Leave() => _names.Pop();

    [Conditional("DEBUG")]
    private void CheckOrder(string name)
    {
        string before = _names.Pop();
        Debug.Assert(before.Length == 0 || string.CompareOrdinal(before, name) < 0, $"{name} comes before {before}");
        _names.Push(name);
    }
}
