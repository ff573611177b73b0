using System.Text.Json;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>
/// One line of a file of notifications: <c>{"format", "receivedAt"?, "headers"?, "body"}</c>, or <c>bodyBase64</c> for a
/// body that isn't JSON. Other members are the sender's own and are passed over.
/// </summary>
internal readonly ref struct EnvelopeLine
{
    private const int MaxDepth = 512;

    /// <summary>The format's name as the line gives it; null where it gives none.</summary>
    public string? Format { get; private init; }

    /// <summary>When it was received; null where the line doesn't say.</summary>
    public DateTimeOffset? ReceivedAt { get; private init; }

    /// <summary>Headers, keys lower case, credentials left out.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private init; }

    /// <summary>The body's bytes exactly as they stand in the line, or decoded.</summary>
    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>Why the line is no notification; null for a good one.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads a line. Total: whatever it holds, the answer says what is wrong.</summary>
    public static EnvelopeLine Parse(ReadOnlyMemory<byte> line)
    {
        var draft = new Draft(line);
        try
        {
            draft.Read();
        }
        catch (JsonException bad)
        {
            draft.Problem ??= $"not JSON (byte {bad.BytePositionInLine ?? 0} of the line)";
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for a string that isn't UTF-8.
            draft.Problem ??= "a string that is not UTF-8";
        }

        draft.Problem ??= draft.Incomplete();
        return new EnvelopeLine
        {
            Format = draft.Format,
            ReceivedAt = draft.ReceivedAt,
            Headers = draft.Headers ?? NoHeaders,
            Body = draft.Body ?? default,
            Problem = draft.Problem,
        };
    }

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    private sealed class Draft(ReadOnlyMemory<byte> line)
    {
        private int _bodies;

        public string? Format { get; private set; }

        public DateTimeOffset? ReceivedAt { get; private set; }

        public IReadOnlyDictionary<string, string>? Headers { get; private set; }

        public ReadOnlyMemory<byte>? Body { get; private set; }

        public string? Problem { get; set; }

        public void Read()
        {
            var reader = new Utf8JsonReader(line.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                Problem = "not an object with format and body";
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                ReadMember(name, ref reader);
            }

            // To the end, so that what follows the object is seen too.
            while (reader.Read())
            {
            }
        }

        public string? Incomplete() => Format is null
            ? "format is missing"
            : _bodies switch
            {
                0 => "body is missing (or bodyBase64, for a body that isn't JSON)",
                1 => null,
                _ => "body and bodyBase64 exclude each other, and each stands once",
            };

        private void ReadMember(string name, ref Utf8JsonReader reader)
        {
            switch (name)
            {
                case "format":
                    Problem ??= Format is not null ? "format is stated twice" : null;
                    Format = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    break;
                case "receivedAt":
                    ReadReceivedAt(ref reader);
                    break;
                case "headers":
                    ReadHeaders(ref reader);
                    return;
                case "body":
                    _bodies++;
                    int start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    Body = line[start..(int)reader.BytesConsumed];
                    return;
                case "bodyBase64":
                    _bodies++;
                    ReadBase64(ref reader);
                    break;
            }

            reader.Skip();
        }

        private void ReadReceivedAt(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            bool known = ReceivedAt is not null;
            bool valid = reader.TokenType == JsonTokenType.String
                & Times.TryParse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null, TimeFormats.Rfc3339, out DateTimeOffset time);
            Problem ??= known ? "receivedAt is stated twice" : valid ? null : "receivedAt is not an RFC 3339 time";
            ReceivedAt = valid ? time : null;
        }

        private void ReadBase64(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out byte[]? bytes))
            {
                Body = bytes;
            }
            else
            {
                Problem ??= "bodyBase64 is not base64";
            }
        }

        private void ReadHeaders(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return;
            }

            if (reader.TokenType != JsonTokenType.StartObject || Headers is not null)
            {
                Problem ??= "headers must be one object of strings";
                reader.Skip();
                return;
            }

            var headers = new SortedDictionary<string, string>(StringComparer.Ordinal);
            Headers = headers;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!.ToLowerInvariant();
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                {
                    Problem ??= "headers must be one object of strings";
                    reader.Skip();
                }
                else if (!Credentials.Contains(name))
                {
                    headers[name] = reader.GetString()!;
                }
            }
        }

        private static readonly HashSet<string> Credentials = new(StringComparer.Ordinal)
        {
            "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-gitlab-token", "x-jfrog-event-auth",
        };
    }
}
