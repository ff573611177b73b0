using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Json;

/// <summary>Writes an enumeration by its published name (<see cref="WireNames"/>), and refuses any other.</summary>
public sealed class WireEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return WireNames.TryParse(name, out T value)
            ? value
            : throw new JsonException($"not the name of a {typeof(T).Name}; known: {string.Join(", ", WireNames.All<T>())}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(WireNames.Of(value));
}
