using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Json;

/// <summary>Writes a text that is JSON as that JSON, without escaping it a second time, and reads it back as its text.</summary>
public sealed class JsonInPlaceConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value);
}
