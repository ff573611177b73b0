using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>
/// A format whose body says what to make of it: a JSON array of <c>observed</c>, <c>hint</c>, <c>irrelevant</c> and
/// <c>rejected</c>, or <c>throw</c>, which is a defect.
/// </summary>
internal sealed class FakeNormalizer(string format = "fake", int version = 1, Source source = Source.ArtifactRegistry) : INormalizer
{
    public Source Source => source;

    public string Format => format;

    public int MappingVersion { get; set; } = version;

    /// <summary>What a fixed mapping no longer rejects, or no longer fails on.</summary>
    public bool Fixed { get; set; }

    public static Digest DigestOf(int i) => Digest.Parse("sha256:" + i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture));

    public IReadOnlyList<NormalisedItem> Normalise(Notification notification)
    {
        string[] kinds;
        try
        {
            kinds = JsonSerializer.Deserialize<string[]>(notification.Body.Span)!;
        }
        catch (JsonException e)
        {
            return [new NormalisedItem.Rejected($"not JSON: line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}")];
        }

        return
        [
            .. kinds.Select<string, NormalisedItem>((kind, i) => kind switch
            {
                "hint" => new NormalisedItem.Hint("no digest", "registry.example", "registry.example/app:1"),
                "irrelevant" => new NormalisedItem.Irrelevant("a pull"),
                "rejected" when !Fixed => new NormalisedItem.Rejected("no good", $"/{i}"),
                "throw" when !Fixed => throw new InvalidOperationException("secret payload text"),
                _ => new NormalisedItem.Observed(Observe(notification, i)),
            }),
        ];
    }

    private Observation Observe(Notification notification, int i) => new()
    {
        Record = new SourceRecord(Source, notification.Instance ?? "registry.example", RecordKind.RegistryTag, $"registry.example/app:{i}"),
        Revision = new Revision(null, notification.ReceivedAt),
        Lineage = new Lineage(notification.Sha256(), i, notification.ReceivedAt, Format, MappingVersion),
        Subjects = [new Subject(new ImageReference("registry.example", "app", $"{i}"), DigestOf(i), DigestKind.Manifest, Place.At($"/{i}"))],
    };
}
