using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class FieldMappingTests
{
    private const string Start = "format: servicenow\nversion: 1\n";

    [Theory]
    [InlineData("fields:\n  release-train: length(u_train)", 4, "fields.release-train", "length")]
    [InlineData("fields:\n  release-train: '[u_a, u_b]'", 4, "fields.release-train", "does not choose")]
    [InlineData("fields:\n  release-train: {a: u_a}", 4, "fields.release-train", "one JMESPath")]
    [InlineData("fields:\n  release-train: 'u_a.{a: u_b}'", 4, "fields.release-train", "does not choose")]
    [InlineData("fields:\n  release-train: \"'constant'\"", 4, "fields.release-train", "does not choose")]
    [InlineData("fields:\n  release-train: u_a == u_b", 4, "fields.release-train", "does not choose")]
    [InlineData("fields:\n  release-train: u_a[0:2]", 4, "fields.release-train", "does not choose")]
    [InlineData("fields:\n  release-train: $.u_a", 4, "fields.release-train", "does not choose")]
    [InlineData("fields:\n  release-train: u_a[?contains(n, 'x')] | [0]", 4, "fields.release-train", "contains")]
    [InlineData("fields:\n  release-train: u_a |", 4, "fields.release-train", "not a JMESPath")]
    [InlineData("fields:\n  release-trian: u_a", 4, "fields.release-trian", "known:")]
    [InlineData("fields:\n  ReleaseTrain: u_a", 4, "fields.ReleaseTrain", "known:")]
    [InlineData("fields:\n  manifest-digest: u_a", 4, "fields.manifest-digest", "map image and digest")]
    [InlineData("fields:\n  observed-digest: u_a", 4, "fields.observed-digest", "known:")]
    [InlineData("fields: [a]", 3, "fields", "object")]
    [InlineData("imag: u_a", 3, "imag", "known:")]
    [InlineData("image: {repo: u_a}", 3, "image.repo", "known:")]
    [InlineData("image: {registry: u_a}", 3, "image.repository", "needs its repository")]
    [InlineData("id: null", 1, "id", "immutable id")]
    [InlineData("approval: {}", 3, "approval", "list of rows")]
    [InlineData("approval:\n  - is: maybe\n    where: {state: [1]}", 4, "approval[0].is", "approved")]
    [InlineData("approval:\n  - is: approved", 4, "approval[0].where", "missing")]
    [InlineData("approval:\n  - is: approved\n    where: {}", 5, "approval[0].where", "at least one")]
    [InlineData("approval:\n  - is: approved\n    where: {state: []}", 5, "approval[0].where", "value")]
    [InlineData("withdrawn: {length(x): [1]}", 3, "withdrawn", "length")]
    public void A_mapping_that_does_not_lead_to_nodes_is_refused_with_file_line_and_member(
        string rest, long line, string member, string fix)
    {
        var refusal = Assert.Throws<FieldMappingException>(() => FieldMappingReader.Read(Start + rest, "snow.yaml"));

        Assert.Equal(("snow.yaml", line, member), (refusal.File, refusal.Line, refusal.Member));
        Assert.StartsWith($"snow.yaml({line}): {member}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(fix, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version: 1")]
    [InlineData("format: remedy\nversion: 1")]
    [InlineData("format: jira")]
    [InlineData("format: jira\nversion: 0")]
    [InlineData("format: jira\nversion: 1000")]
    [InlineData("format: jira\nversion: one")]
    [InlineData("format: jira\nformat: jira\nversion: 1")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("a: [")]
    [InlineData("format: jira\nversion: 1\n---\nformat: jira\nversion: 1")]
    public void A_document_needs_one_known_format_and_a_version(string text) =>
        Assert.Throws<FieldMappingException>(() => FieldMappingReader.Read(text, "m.yaml"));

    [Fact]
    public void A_document_states_only_what_differs_and_may_be_JSON()
    {
        FieldMappings mappings = FieldMappings.Default.With(
            """{"format":"servicenow","version":12,"digest":"u_sha","fields":{"release-train":"u_train","release-window":null}}""", "snow.json");

        Assert.Equal("u_sha", mappings["servicenow"].Digest!.Expression);
        Assert.Equal("u_artifact_image", mappings["servicenow"].Image!.Reference!.Expression);
        Assert.Equal("u_train", mappings["servicenow"].Fields[Field.ReleaseTrain].Expression);
        Assert.DoesNotContain(Field.ReleaseWindow, mappings["servicenow"].Fields.Keys);
        Assert.Equal("u_approved_at", mappings["servicenow"].Fields[Field.ApprovalTime].Expression);
        Assert.Same(FieldMappings.Default["jira"], mappings["jira"]);
        Assert.Equal([2012, 1000], ChangeSnapshotFormats.All(mappings).Take(2).Select(n => n.MappingVersion));
        Assert.Equal([.. FieldMappings.Formats, "cloudevents"], ChangeSnapshotFormats.All(mappings).Select(n => n.Format));
    }

    [Fact]
    public void Files_are_loaded_over_the_defaults_one_per_format()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string snow = Path.Combine(folder, "snow.yaml");
            File.WriteAllText(snow, $"{Start}digest: u_sha");

            Assert.Equal("u_sha", FieldMappings.Load([snow])["servicenow"].Digest!.Expression);
            Assert.Contains("second", Assert.Throws<FieldMappingException>(() => FieldMappings.Load([snow, snow])).Message, StringComparison.Ordinal);
            Assert.Contains("can't be read", Assert.Throws<FieldMappingException>(() => FieldMappings.Load([snow + "x"])).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("u_a", "/u_a")]
    [InlineData("@.u_a", "/u_a")]
    [InlineData("\"a/b~c d\"", "/a~1b~0c d")]
    [InlineData("list[1].name", "/list/1/name")]
    [InlineData("list[-1].name", "/list/2/name")]
    [InlineData("list[?kind=='x'] | [1].name", "/list/2/name")]
    [InlineData("list[?kind=='x' && size > `1`].name | [0]", "/list/2/name")]
    [InlineData("list[?!(kind=='x')].name", "/list/1/name")]
    [InlineData("list[*].name | [0]", "/list/0/name")]
    [InlineData("deep[][] | [2]", "/deep/1/0/0")]
    [InlineData("u_missing || u_a", "/u_a")]
    [InlineData("u_empty || u_a", "/u_a")]
    [InlineData("obj.*.v | [0]", "/obj/k/v")]
    public void Whatever_an_expression_chooses_knows_its_place(string expression, string pointer)
    {
        Observation observation = Read(expression);

        FieldReading reading = observation.Reading(Field.ReleaseTrain);
        Assert.Null(reading.Unreadable);
        Assert.Equal(pointer, reading.Place.Pointer);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("obj")]
    [InlineData("list[*].name")]
    [InlineData("list[*].name | @")]
    public void A_scalar_field_for_which_several_nodes_are_chosen_is_unreadable(string expression) =>
        Assert.NotNull(Read(expression).Reading(Field.ReleaseTrain).Unreadable);

    [Theory]
    [InlineData("u_missing")]
    [InlineData("list[7].name")]
    [InlineData("u_a.b.c")]
    [InlineData("list[?kind=='z'].name | [0]")]
    public void What_the_record_does_not_carry_makes_no_reading(string expression) =>
        Assert.DoesNotContain(Read(expression).Fields, f => f.Field == Field.ReleaseTrain);

    [Theory]
    [InlineData("list[*].name", "a,b,c", "/list")]
    [InlineData("list[?kind=='z'].name", "", "/list")]
    [InlineData("refs", "EXC-1,EXC-2", "/refs")]
    [InlineData("text", "EXC-1,EXC-2", "/text")]
    [InlineData("u_empty", "", "/u_empty")]
    [InlineData("options", "EXC-1,EXC-2", "/options")]
    [InlineData("refs | @", "EXC-1,EXC-2", "/refs")]
    public void A_set_is_one_array_one_text_or_a_projection_of_one_array(string expression, string values, string pointer)
    {
        FieldReading reading = Read(expression, "exception-bindings").Reading(Field.ExceptionBindings);

        Assert.Null(reading.Unreadable);
        Assert.Equal(values, string.Join(',', reading.Values));
        Assert.Equal(pointer, reading.Place.Pointer);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("obj.k")]
    [InlineData("list[*].name | @")]
    public void A_set_of_anything_but_texts_of_one_node_is_unreadable(string expression) =>
        Assert.NotNull(Read(expression, "exception-bindings").Reading(Field.ExceptionBindings).Unreadable);

    private static Observation Read(string expression, string field = "release-train")
    {
        string mapping = $"{Start}fields:\n  {field}: '{expression.Replace("'", "''", StringComparison.Ordinal)}'\n";
        var normalizer = new ServiceNowNormalizer(FieldMappings.Default.With(mapping, "snow.yaml")["servicenow"]);
        return Check.Single(normalizer, Make.Json(
            """
            {"sys_id":"1","u_artifact_image":"registry.example/app:1","u_a":"A","u_empty":"","a/b~c d":"odd","obj":{"k":{"v":"V"}},
             "list":[{"kind":"x","name":"a","size":1},{"kind":"y","name":"b","size":2},{"kind":"x","name":"c","size":3}],
             "deep":[[["p","q"]],[["r"]]],"refs":["EXC-2",null,"EXC-1","","EXC-2"],"text":"EXC-2, EXC-1\n,EXC-2","options":[{"value":"EXC-1"},{"value":"EXC-2"}]}
            """,
            Source.ChangeSnapshot, "servicenow"));
    }
}
