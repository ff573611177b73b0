using System.Text.Json;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

/// <summary>The formats whose webhook is the record: each with its shipped mapping.</summary>
public abstract class ChangeEventTest(string format)
{
    protected INormalizer Normalizer { get; } = Of(format, FieldMappings.Default);

    protected static INormalizer Of(string format, FieldMappings mappings) => ChangeSnapshotFormats.All(mappings).Single(n => n.Format == format);

    protected Notification Event(string body, params (string Name, string Value)[] headers) =>
        Make.Json(body, Source.ChangeSnapshot, format, headers: headers.ToDictionary(h => h.Name, h => h.Value));

    protected static string Digest { get; } = Make.Digest('b');

    protected static string Text(string json) => JsonSerializer.Serialize(json);
}
