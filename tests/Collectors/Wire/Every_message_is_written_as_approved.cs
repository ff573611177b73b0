using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Collectors.Wire;

/// <summary>
/// Queues, outboxes and quarantines hold messages over upgrades. What is in <c>Wire.approved.txt</c> stays readable: a
/// member may be added there in the same commit, renaming or removing one is another message type.
/// </summary>
public sealed class Every_message_is_written_as_approved
{
    private const string Approved = "tests/Collectors/Wire/Wire.approved.txt";

    public static TheoryData<string> Types { get; } = [.. MessageTypes.All.Order(StringComparer.Ordinal), "parcel"];

    [Theory]
    [MemberData(nameof(Types))]
    public void As_it_stands_there_and_is_read_back_from_there(string type)
    {
        object example = Examples.Of(type);
        JsonTypeInfo json = ContractsJson.Default.GetTypeInfo(example.GetType())!;
        string written = JsonSerializer.Serialize(example, json);

        Assert.All(json.Properties, p => Assert.False(IsUnset(p.Get!(example)), $"the example leaves {p.Name} out"));
        Assert.True(written == Line(type), $"{Approved} has for {type}\n{Line(type)}\nand now it is\n{written}");
        Assert.Equal(written, JsonSerializer.Serialize(JsonSerializer.Deserialize(Line(type), json), json));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Without_a_member_that_it_needs_it_is_not_read(string type)
    {
        JsonTypeInfo json = ContractsJson.Default.GetTypeInfo(Examples.Of(type).GetType())!;
        foreach (string needed in json.Properties.Where(p => !Examples.Optional.Contains($"{type} {p.Name}")).Select(p => p.Name))
        {
            var body = System.Text.Json.Nodes.JsonNode.Parse(Line(type))!.AsObject();
            body.Remove(needed);
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(body.ToJsonString(), json));
        }
    }

    private static string Line(string type) =>
        Tree.Text(Approved).Split('\n').SingleOrDefault(l => l.StartsWith($"{type} ", StringComparison.Ordinal))?[(type.Length + 1)..] ?? "nothing";

    private static bool IsUnset(object? value) => value is null or "" or 0 or 0L or false or System.Collections.ICollection { Count: 0 };
}
