using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Contracts.Json;

/// <summary>
/// Writes bytes that are JSON (UTF-8) as that JSON, and reads them back byte for byte: a document inside a message is
/// neither escaped nor copied as a string, and its hash stays true.
/// </summary>
public sealed class JsonInPlaceConverter : JsonConverter<byte[]>
{
    /// <inheritdoc/>
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) =>
        // Written by a serialiser of ours; whoever reads the message finds out whether it is JSON.
        writer.WriteRawValue(value, skipInputValidation: true);
}
