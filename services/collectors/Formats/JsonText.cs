using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>Why a text is no document: where, and what is wrong, without any of the text itself (masking).</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record ParseFailure(long Line, long Column, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}: {Reason}";
}

/// <summary>
/// Strict JSON (RFC 8259): UTF-8, no comments, no trailing commas, at most <see cref="MaxDepth"/> levels, no unpaired
/// surrogates (RFC 7493 section 2.1; such a text has no canonical form either). A byte order mark is skipped.
/// </summary>
public static class JsonText
{
    /// <summary>Levels of nesting that any document may have.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Unique = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = true };

    /// <summary>Parses a text; never throws. The document refers to <paramref name="text"/>, which must not change.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="duplicates">
    /// Whether some object has a member twice. The common case costs nothing: only a text with duplicates (or a
    /// malformed one) is parsed a second time.
    /// </param>
    /// <param name="failure">Why there is no document.</param>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> text, out bool duplicates, out ParseFailure? failure)
    {
        duplicates = false;
        failure = null;
        text = SkipByteOrderMark(text);
        failure = InvalidText(text.Span);
        if (failure is not null)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text, Unique);
        }
        catch (JsonException)
        {
            // Malformed, or well-formed with duplicates: the second parse tells.
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(text, Lenient);
            duplicates = true;
            return document;
        }
        catch (JsonException e)
        {
            failure = Describe(text.Span, e);
            return null;
        }
    }

    /// <summary>
    /// Several JSON texts, one after another, as the items of one array, each as it stands; null where there are not at
    /// least two, or something is no JSON.
    /// </summary>
    internal static byte[]? Join(ReadOnlyMemory<byte> texts)
    {
        ReadOnlySpan<byte> span = SkipByteOrderMark(texts).Span;
        var reader = new Utf8JsonReader(span, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = MaxDepth });
        var array = new ArrayBufferWriter<byte>(span.Length + 16);
        int count = 0;
        try
        {
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                array.Write(count++ == 0 ? "["u8 : ","u8);
                array.Write(span[start..(int)reader.BytesConsumed]);
            }
        }
        catch (JsonException)
        {
            return null;
        }

        array.Write("]"u8);
        return count > 1 ? array.WrittenSpan.ToArray() : null;
    }

    /// <summary>The lines of a text that hold something, each with its number from 1.</summary>
    internal static IReadOnlyList<(int Number, ReadOnlyMemory<byte> Text)> Lines(ReadOnlyMemory<byte> text)
    {
        var lines = new List<(int, ReadOnlyMemory<byte>)>();
        text = SkipByteOrderMark(text);
        for (int number = 1; !text.IsEmpty; number++)
        {
            int end = text.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
            {
                lines.Add((number, line));
            }
        }

        return lines;
    }

    internal static ReadOnlyMemory<byte> SkipByteOrderMark(ReadOnlyMemory<byte> text) =>
        text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;

    private static ParseFailure? InvalidText(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return new ParseFailure(1, 1, "the text is empty");
        }

        if (!Utf8.IsValid(text))
        {
            return At(text, ValidPrefix(text), "not valid UTF-8");
        }

        int surrogate = UnpairedSurrogate(text);
        return surrogate < 0 ? null : At(text, surrogate, "an escaped surrogate without its other half");
    }

    /// <summary>Bytes before the first invalid UTF-8 sequence; only malformed texts pay for the search.</summary>
    private static int ValidPrefix(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length
            && Rune.DecodeFromUtf8(text[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }

    /// <summary>Index of an escaped surrogate that has no partner, or -1. Backslashes only occur within strings.</summary>
    private static int UnpairedSurrogate(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (true)
        {
            int next = text[at..].IndexOf((byte)'\\');
            if (next < 0)
            {
                return -1;
            }

            at += next;
            int unit = Escape(text[at..]);
            if (unit is >= 0xDC00 and <= 0xDFFF)
            {
                return at;
            }

            if (unit is >= 0xD800 and <= 0xDBFF)
            {
                if (Escape(text[Math.Min(at + 6, text.Length)..]) is not (>= 0xDC00 and <= 0xDFFF))
                {
                    return at;
                }

                at += 6;
            }

            at = Math.Min(at + (unit >= 0 ? 6 : 2), text.Length);
        }
    }

    /// <summary>The UTF-16 unit of a <c>\uXXXX</c> escape at the start of the text, or -1.</summary>
    private static int Escape(ReadOnlySpan<byte> text) =>
        text.Length >= 6 && text[0] == '\\' && text[1] == 'u'
            && System.Buffers.Text.Utf8Parser.TryParse(text.Slice(2, 4), out int unit, out int consumed, 'x')
            && consumed == 4
            ? unit
            : -1;

    private static ParseFailure Describe(ReadOnlySpan<byte> text, JsonException e)
    {
        long line = e.LineNumber ?? 0;
        long offset = e.BytePositionInLine ?? 0;
        int start = 0;
        for (long skipped = 0; skipped < line; skipped++)
        {
            int end = text[start..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            start += end + 1;
        }

        return At(text, (int)Math.Min(start + offset, text.Length), Reason(text, start + offset, e.Message));
    }

    /// <summary>The parser's own messages quote the text, which may have to be masked: only their kind is used.</summary>
    private static string Reason(ReadOnlySpan<byte> text, long at, string message) =>
        message switch
        {
            _ when message.Contains("maximum configured depth", StringComparison.Ordinal) =>
                $"nested deeper than {MaxDepth} levels",
            _ when message.Contains("trailing comma", StringComparison.Ordinal) => "a trailing comma",
            _ when at >= text.Length => "the text ends too early",
            _ when text[(int)at] == '/' => "comments are not JSON",
            _ when message.Contains("after a value", StringComparison.Ordinal) => "a comma or a closing bracket is missing",
            _ when message.Contains("after a single JSON value", StringComparison.Ordinal) => "more than one document",
            _ when message.Contains("after a property name", StringComparison.Ordinal) => "a colon is missing",
            _ when message.Contains("end of a string", StringComparison.Ordinal)
                || message.Contains("within a JSON string", StringComparison.Ordinal) => "a string is not well-formed",
            _ when message.Contains("number", StringComparison.Ordinal) => "a number is not well-formed",
            _ when message.Contains("property name", StringComparison.Ordinal) => "a member name is missing or not quoted",
            _ => "not JSON here",
        };

    private static ParseFailure At(ReadOnlySpan<byte> text, int offset, string reason)
    {
        ReadOnlySpan<byte> before = text[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new ParseFailure(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1, reason);
    }
}
