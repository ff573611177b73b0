using System.Text;

namespace ReleaseIntegrity.Tests.Normalisation.Formats;

public sealed class YamlTests
{
    private static SourceDocument Parse(string yaml) =>
        SourceDocument.Parse(Make.Json(yaml), DocumentSyntax.JsonOrYaml);

    [Fact]
    public void A_stream_of_documents_has_places_that_resolve()
    {
        Notification notification = Make.Json("a: 1\n---\nkind: Pod\nlist:\n- x: \"1\"\n  y: 0x1F\n- ~\n");
        using SourceDocument document = SourceDocument.Parse(notification, DocumentSyntax.Yaml);

        Assert.Equal(2, document.Documents.Count);
        Node node = document.Documents[1]["list"][0]["y"];
        Assert.Equal(new Place([new DecodeStep("", "yaml-document-1")], "/list/0/y"), node.Place);
        Assert.Equal("0x1F", PlaceResolver.Raw(notification, node.Place));
        Assert.Equal(NodeKind.String, document.Documents[1]["list"][0]["x"].Kind);
        Assert.Equal(NodeKind.Null, document.Documents[1]["list"][1].Kind);
    }

    [Fact]
    public void A_single_document_is_read_as_yaml_with_anchors_and_a_byte_order_mark()
    {
        using SourceDocument document = Parse("\uFEFFa: &x [1, &y {k: v}]\nb: *x\nc:\n- 0\n- *y\nd: &z\n");

        Assert.Equal(new Place([new DecodeStep("", "yaml")], "/b/1/k"), document.Root["b"][1]["k"].Place);
        Assert.Equal("v", document.Root["b"][1]["k"].Text);
        Assert.Equal("v", document.Root["c"][1]["k"].Text);
        Assert.Equal(NodeKind.Null, document.Root["d"].Kind);
    }

    [Fact]
    public void Duplicate_keys_are_seen_in_YAML_too()
    {
        using SourceDocument document = Parse("a: 1\na: 2\n");

        Assert.True(document.Root.HasDuplicate("a"));
    }

    [Fact]
    public void Bounds_hold_against_alias_bombs_depth_and_self_reference()
    {
        var bomb = new StringBuilder("a0: &a0 [\"" + new string('x', 100) + "\"]\n");
        for (int i = 1; i < 30; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        using SourceDocument expanded = Parse(bomb.ToString());
        using SourceDocument deep = Parse(string.Concat(Enumerable.Repeat("- ", 70)) + "x");
        using SourceDocument flow = Parse("a: " + new string('[', 20_000));
        using SourceDocument self = Parse("a: &a [*a]");

        Assert.Contains("aliases written out", expanded.Failure?.Reason, StringComparison.Ordinal);
        Assert.Contains("nested deeper than 64", deep.Failure?.Reason, StringComparison.Ordinal);
        Assert.NotNull(flow.Failure);
        Assert.Contains("names no finished anchor", self.Failure?.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x: 1\na: [1, 2\nb: 3", 2)]
    [InlineData("a: b: c", 1)]
    [InlineData("? [x]\n: y", 1)]
    [InlineData("a: \"x", 1)]
    public void What_is_not_YAML_says_on_which_line(string yaml, int line)
    {
        using SourceDocument document = Parse(yaml);

        Assert.StartsWith($"not YAML: line {line}, column ", document.Failure?.Reason, StringComparison.Ordinal);
    }
}
