using System.Text.Json.Nodes;
using NJsonSchema;
using ReleaseIntegrity.Collectors.Formats.CloudEvents;

namespace ReleaseIntegrity.Tests.Normalisation.CloudEvents;

public sealed class SchemaTests
{
    private static async Task<JsonSchema> Schema(Source source) =>
        await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schemas", $"{WireNames.Of(source)}.v1.schema.json")));

    public static TheoryData<Source> Sources => [.. Enum.GetValues<Source>()];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task The_examples_of_the_tests_satisfy_the_schemas(Source source) =>
        Assert.Empty((await Schema(source)).Validate(CloudEventsTests.Examples[source]));

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task The_schema_and_the_normaliser_know_the_same_fields(Source source)
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "schemas", $"{WireNames.Of(source)}.v1.schema.json")));
        var fields = (JsonObject)document!["properties"]!["fields"]!["properties"]!;

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)document["$schema"]);
        Assert.Equal(FieldRules.Of(source).Select(WireNames.Of).Order(), fields.Select(f => f.Key).Order());
    }

    [Theory]
    [InlineData(Source.ArtifactRegistry, "{}")]
    [InlineData(Source.ArtifactRegistry, """{"image":"app:t"}""")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a","digest":"sha256:0"}""")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a","fields":{"reviewer-state":"x"}}""")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a","time":"2026-03-22 10:00:00"}""")]
    [InlineData(Source.SignatureLedger, """{"logId":"1"}""")]
    [InlineData(Source.ChangeSnapshot, """{"image":"r.example/a"}""")]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1"},"approval":"maybe"}""")]
    [InlineData(Source.RuntimeValidation, """{"podUid":"1"}""")]
    [InlineData(Source.RuntimeValidation, """{"record":{"id":"1"},"fields":{"admission-check":"maybe"}}""")]
    public async Task What_the_normaliser_could_not_read_does_not_satisfy_the_schema(Source source, string data) =>
        Assert.NotEmpty((await Schema(source)).Validate(data));

    /// <summary>Data that satisfies the schema is never rejected: the schema is all that a sender has to go by.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public async Task No_mutation_that_satisfies_the_schema_is_rejected(Source source)
    {
        JsonSchema schema = await Schema(source);
        var normalizer = new CloudEventsNormalizer(source);
        var mutator = new Mutator(20260322);
        int satisfying = 0;
        for (int round = 0; round < 3000; round++)
        {
            string data = System.Text.Encoding.UTF8.GetString(mutator.Mutate(System.Text.Encoding.UTF8.GetBytes(CloudEventsTests.Examples[source])));
            Notification notification = Make.Json(CloudEventsTests.Event(source, data), source, "cloudevents");
            using SourceDocument document = SourceDocument.Parse(notification);
            if (document.Failure is not null || Duplicates(document.Root) || Satisfies(schema, data) != true)
            {
                continue;
            }

            satisfying++;
            NormalisedItem item = Assert.Single(normalizer.Normalise(notification));
            Assert.False(item is NormalisedItem.Rejected, $"{item}\n{data}");
        }

        Assert.True(satisfying > 100, $"only {satisfying} mutations satisfied the schema: the test says nothing");
    }

    private static bool Duplicates(Node node) =>
        node.Members.Any(m => node.HasDuplicate(m.Name) || Duplicates(m)) || node.Items.Any(Duplicates);

    private static bool? Satisfies(JsonSchema schema, string data)
    {
        try
        {
            return schema.Validate(data).Count == 0;
        }
        catch (Exception e) when (e is Newtonsoft.Json.JsonException or InvalidCastException or OverflowException or FormatException)
        {
            // The validator's parser refuses, or the validator trips over, some values: nothing is said about them.
            return null;
        }
    }
}
