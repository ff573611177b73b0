using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// Verification results as they stand in a log: <c>verify result for subject NAME: {…}</c>, the message bare or quoted, in lines of
/// <c>key=value</c> pairs (logrus text, as Ratify writes it). Rendered as a JSON array of <c>{time, subject, report}</c>, the time
/// only where the line has one, the report null where it is no JSON. The members are a storage format: version with care.
/// </summary>
public static class VerificationLog
{
    /// <summary>Results of one log that are read at most.</summary>
    public const int MaxResults = 10_000;

    private const int MostSubjectBytes = 2048;

    private static ReadOnlySpan<byte> Marker => "verify result for subject "u8;

    /// <summary>The results of a text; null where it holds none.</summary>
    public static byte[]? ToJson(ReadOnlyMemory<byte> text)
    {
        if (!Utf8.IsValid(text.Span))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        int count = 0;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            ReadOnlySpan<byte> rest = text.Span;
            for (int at = rest.IndexOf(Marker); at >= 0 && count < MaxResults; at = rest.IndexOf(Marker))
            {
                ReadOnlySpan<byte> head = rest[(rest[..at].LastIndexOf((byte)'\n') + 1)..at];
                int consumed = head.EndsWith("msg=\""u8)
                    ? Quoted(json, TimeOf(head), rest[(at - 1)..]) - 1
                    : Bare(json, TimeOf(head), rest[at..]);
                rest = rest[(at + Math.Max(consumed, Marker.Length))..];
                count++;
            }

            json.WriteEndArray();
        }

        return count > 0 ? buffer.WrittenSpan.ToArray() : null;
    }

    /// <summary>A message that is a string literal; gives the bytes that it takes.</summary>
    private static int Quoted(Utf8JsonWriter json, ReadOnlySpan<byte> time, ReadOnlySpan<byte> literal)
    {
        var reader = new Utf8JsonReader(literal, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            reader.Read();
            Bare(json, time, Encoding.UTF8.GetBytes(reader.GetString()!));
            return (int)reader.BytesConsumed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Write(json, time, default, default);
            return 0;
        }
    }

    /// <summary>A message from its marker on; gives the bytes that it takes.</summary>
    private static int Bare(Utf8JsonWriter json, ReadOnlySpan<byte> time, ReadOnlySpan<byte> message)
    {
        int end = message[..Math.Min(message.Length, MostSubjectBytes)].IndexOf(": {"u8);
        ReadOnlySpan<byte> subject = end < Marker.Length ? default : message[Marker.Length..end];
        if (subject.IsEmpty || subject.ContainsAny(" \t\r\n"u8))
        {
            Write(json, time, default, default);
            return 0;
        }

        ReadOnlySpan<byte> report = message[(end + 2)..];
        int length = LengthOf(report);
        Write(json, time, subject, report[..length]);
        return end + 2 + length;
    }

    private static int LengthOf(ReadOnlySpan<byte> report)
    {
        var reader = new Utf8JsonReader(report, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = JsonText.MaxDepth - 2 });
        try
        {
            reader.Read();
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    private static ReadOnlySpan<byte> TimeOf(ReadOnlySpan<byte> head)
    {
        int at = head.IndexOf("time="u8);
        ReadOnlySpan<byte> value = at < 0 ? default : head[(at + 5)..];
        int space = value.IndexOf((byte)' ');
        return (space < 0 ? value : value[..space]).Trim((byte)'"');
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> time, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> report)
    {
        json.WriteStartObject();
        if (!time.IsEmpty)
        {
            json.WriteString("time"u8, time);
        }

        json.WriteString("subject"u8, subject);
        json.WritePropertyName("report"u8);
        if (report.IsEmpty)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(report, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
