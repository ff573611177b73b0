using System.Text.Json.Nodes;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

/// <summary>Expressions that only name members are followed on the record, all others are evaluated by the JMESPath library.</summary>
public sealed class PlainSelectorTests
{
    private static readonly string[] Names = ["a", "b", "a_value", "a_display_value", "b.value", "b.display_value", "previous_a", "previous.b"];

    [Fact]
    public void They_choose_what_the_library_chooses()
    {
        var random = new Random(20260322);
        int chosen = 0;
        for (int i = 0; i < 600; i++)
        {
            string expression = Expression(random, 3);
            var record = (JsonObject)Value(random, 3, true)!;
            record["sys_id"] = "1";
            record["operation"] = random.Next(2) == 0 ? "delete" : "update";

            string plain = Chosen("servicenow", expression, record);
            Assert.True(plain == Chosen("servicenow", $"({expression}) | @", record), $"{expression} in {record.ToJsonString()}");
            chosen += plain.Length > 0 ? 1 : 0;
        }

        Assert.InRange(chosen, 100, 500);
    }

    [Theory]
    [InlineData("deployment.payload.a")]
    [InlineData("deployment.payload.a.b || deployment.payload.c")]
    [InlineData("deployment.payload || deployment.id")]
    [InlineData("deployment.missing || action")]
    public void They_lead_on_into_a_text_of_JSON_as_the_library_does(string expression)
    {
        foreach (string payload in new[] { """{"a":{"b":""},"c":1}""", "[1]", "{", "" })
        {
            JsonObject webhook = new() { ["action"] = "created", ["deployment"] = new JsonObject { ["id"] = 7, ["payload"] = payload } };

            Assert.Equal(Chosen("github", $"({expression}) | @", webhook), Chosen("github", expression, webhook));
        }
    }

    private static string Chosen(string format, string expression, JsonNode record)
    {
        string quoted = expression.Replace("'", "''", StringComparison.Ordinal);
        FieldMappings mappings = FieldMappings.Default.With($"format: {format}\nversion: 1\nfields:\n  reviewer-state: '{quoted}'\n", "m.yaml");
        IReadOnlyList<TrialRecord> tried = MappingTrial.Of(mappings, Make.Json(record.ToJsonString(), Source.ChangeSnapshot, format));
        TrialLine line = Assert.Single(Assert.Single(tried).Lines, l => l.Member == "fields.reviewer-state");
        return string.Join(", ", line.Nodes.Select(n => $"{n.Pointer}={n.Text}"));
    }

    private static string Expression(Random random, int depth) => (depth > 0 ? random.Next(6) : 0) switch
    {
        0 or 1 => $"\"{Names[random.Next(Names.Length)]}\"",
        2 or 3 => $"{Expression(random, depth - 1)} || {Expression(random, depth - 1)}",
        4 => $"({Expression(random, depth - 1)}).{Expression(random, 0)}",
        _ => $"{Expression(random, 0)}.{Expression(random, 0)}",
    };

    private static JsonNode? Value(Random random, int depth, bool members) => (members ? 0 : random.Next(depth > 0 ? 9 : 8)) switch
    {
        1 => null,
        2 => "",
        3 => false,
        4 => true,
        5 => 0,
        6 => new JsonArray(),
        7 => "text",
        0 or _ => new JsonObject(Names.Where(_ => random.Next(2) == 0).Select(n => KeyValuePair.Create(n, depth > 0 ? Value(random, depth - 1, false) : null))),
    };
}
