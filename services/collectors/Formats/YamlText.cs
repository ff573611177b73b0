using System.Buffers;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// YAML (core schema of YAML 1.2) rewritten as JSON, so that one node model serves both. Bounded: depth, size of the
/// text, and size of the JSON with every alias written out.
/// </summary>
public static class YamlText
{
    /// <summary>Bytes that a YAML text may have.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of JSON that one stream may become, aliases expanded.</summary>
    public const int MaxExpandedBytes = 32 * 1024 * 1024;

    /// <summary>Nodes that one stream may have, aliases counted once.</summary>
    public const int MaxNodes = 1_000_000;

    /// <summary>Documents that one stream may have.</summary>
    public const int MaxDocuments = 10_000;

    /// <summary>
    /// Every document of a stream as JSON; empty with a failure where the stream is not YAML or passes a bound. A
    /// stream without any document fails too. Never throws.
    /// </summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ToJson(ReadOnlyMemory<byte> text, out ParseFailure? failure)
    {
        failure = null;
        if (text.Length > MaxBytes)
        {
            failure = new ParseFailure(1, 1, $"longer than {MaxBytes} bytes");
            return [];
        }

        if (!System.Text.Unicode.Utf8.IsValid(text.Span))
        {
            failure = new ParseFailure(1, 1, "not valid UTF-8");
            return [];
        }

        var rewriter = new Rewriter(Encoding.UTF8.GetString(JsonText.SkipByteOrderMark(text).Span));
        try
        {
            List<ReadOnlyMemory<byte>> documents = rewriter.Documents();
            failure = documents.Count == 0 ? new ParseFailure(1, 1, "the text is empty") : null;
            return documents;
        }
        catch (BoundException e)
        {
            failure = new ParseFailure(e.Mark.Line, e.Mark.Column, e.Message);
        }
        catch (YamlException e)
        {
            // The parser's message may quote the text, which may have to be masked.
            failure = new ParseFailure(Math.Max(1, e.Start.Line), Math.Max(1, e.Start.Column), "not YAML here");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException)
        {
            // What the parser throws on some malformed inputs instead of its own exception.
            failure = new ParseFailure(rewriter.Mark.Line, rewriter.Mark.Column, "not YAML here");
        }

        return [];
    }

    private sealed class BoundException(string message, Mark mark) : Exception(message)
    {
        public Mark Mark => mark;
    }

    private sealed class Rewriter(string text)
    {
        private readonly Parser _parser = new(new StringReader(text));
        private readonly Dictionary<AnchorName, ReadOnlyMemory<byte>> _anchors = [];
        private int _nodes;
        private long _expanded;

        public Mark Mark => _parser.Current?.Start ?? Mark.Empty;

        public List<ReadOnlyMemory<byte>> Documents()
        {
            var documents = new List<ReadOnlyMemory<byte>>();
            Next();
            while (Next() is DocumentStart)
            {
                Bound(documents.Count < MaxDocuments, $"more than {MaxDocuments} documents");
                _anchors.Clear();
                Next();
                var buffer = new ArrayBufferWriter<byte>();
                using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
                Write(json, buffer, 1);
                json.Flush();
                _expanded += buffer.WrittenCount;
                documents.Add(buffer.WrittenMemory);
                Next();
            }

            return documents;
        }

        private ParsingEvent? Next() => _parser.MoveNext() ? _parser.Current : null;

        /// <summary>Writes the node at the current event, and leaves the parser on its last event.</summary>
        private void Write(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, int depth)
        {
            Bound(++_nodes <= MaxNodes, $"more than {MaxNodes} nodes");
            Bound(depth <= JsonText.MaxDepth, $"nested deeper than {JsonText.MaxDepth} levels");
            ParsingEvent? current = _parser.Current;
            AnchorName anchor = current is NodeEvent node ? node.Anchor : AnchorName.Empty;
            json.Flush();
            int start = buffer.WrittenCount;
            Bound(_expanded + start <= MaxExpandedBytes, $"more than {MaxExpandedBytes} bytes with its aliases written out");
            switch (current)
            {
                case AnchorAlias alias:
                    WriteAlias(json, alias, _expanded + start);
                    break;
                case Scalar scalar:
                    WriteScalar(json, scalar);
                    break;
                case SequenceStart:
                    json.WriteStartArray();
                    while (Next() is not SequenceEnd)
                    {
                        Write(json, buffer, depth + 1);
                    }

                    json.WriteEndArray();
                    break;
                case MappingStart:
                    json.WriteStartObject();
                    while (Next() is not MappingEnd)
                    {
                        Bound(_parser.Current is Scalar, "a mapping key must be a scalar");
                        json.WritePropertyName(((Scalar)_parser.Current!).Value);
                        Next();
                        Write(json, buffer, depth + 1);
                    }

                    json.WriteEndObject();
                    break;
                default:
                    Bound(false, "not YAML here");
                    break;
            }

            if (!anchor.IsEmpty)
            {
                json.Flush();
                ReadOnlySpan<byte> written = buffer.WrittenSpan[start..];
                _anchors[anchor] = (written is [(byte)',', ..] ? written[1..] : written).ToArray();
            }
        }

        private void WriteAlias(Utf8JsonWriter json, AnchorAlias alias, long sizeSoFar)
        {
            // An alias within its own anchor has nothing written yet: it would have no end.
            Bound(_anchors.TryGetValue(alias.Value, out ReadOnlyMemory<byte> value), "an alias that names no finished anchor");
            Bound(sizeSoFar + value.Length <= MaxExpandedBytes, $"more than {MaxExpandedBytes} bytes with its aliases written out");
            json.WriteRawValue(value.Span, skipInputValidation: true);
        }

        private static void WriteScalar(Utf8JsonWriter json, Scalar scalar)
        {
            bool plain = scalar.Tag.IsEmpty
                ? scalar.Style == ScalarStyle.Plain
                : scalar.Tag.Value is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null";
            switch (scalar.Value)
            {
                case "" or "~" or "null" or "Null" or "NULL" when plain:
                    json.WriteNullValue();
                    break;
                case "true" or "True" or "TRUE" when plain:
                    json.WriteBooleanValue(true);
                    break;
                case "false" or "False" or "FALSE" when plain:
                    json.WriteBooleanValue(false);
                    break;
                case var number when plain && IsJsonNumber(number):
                    // As spelled: a reading's raw value must be the text's own.
                    json.WriteRawValue(number, skipInputValidation: true);
                    break;
                default:
                    json.WriteStringValue(scalar.Value);
                    break;
            }
        }

        private static bool IsJsonNumber(string text)
        {
            if (text.Length is 0 or > 400 || (text[0] != '-' && !char.IsAsciiDigit(text[0])))
            {
                return false;
            }

            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            try
            {
                return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
            }
            catch (JsonException)
            {
                return false;
            }
        }

        private void Bound(bool holds, string reason)
        {
            if (!holds)
            {
                throw new BoundException(reason, Mark);
            }
        }
    }
}
