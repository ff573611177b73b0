using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>
/// The value of a field in a document: a string, a set as an array of strings, or null. A set of one element and a
/// single value are told apart by <see cref="IsSet"/>.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed record FieldValues(IReadOnlyList<string> Values, bool IsSet)
{
    /// <summary>The only value, or null for a set of several.</summary>
    public string? Single => Values.Count == 1 ? Values[0] : null;

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Values);

    private sealed class Converter : JsonConverter<FieldValues>
    {
        public override FieldValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return new FieldValues([reader.GetString()!], false);
            }

            var values = new List<string>();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException("a value is a string, an array of strings or null");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                values.Add(reader.TokenType == JsonTokenType.String
                    ? reader.GetString()!
                    : throw new JsonException("a set holds strings only"));
            }

            return new FieldValues(values, true);
        }

        public override void Write(Utf8JsonWriter writer, FieldValues value, JsonSerializerOptions options)
        {
            if (!value.IsSet)
            {
                writer.WriteStringValue(value.Values[0]);
                return;
            }

            writer.WriteStartArray();
            foreach (string element in value.Values)
            {
                writer.WriteStringValue(element);
            }

            writer.WriteEndArray();
        }
    }
}
