using System.Text;

namespace ReleaseIntegrity.Tests.Normalisation.Formats;

public sealed class NodeTests
{
    [Fact]
    public void A_node_knows_its_place_through_decode_steps_with_escaped_pointers()
    {
        string inner = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"a/b":{"c~d":["x",7]}}"""));
        Notification notification = Make.Json($$"""{"outer":[{"payload":"{{inner}}"}]}""");
        using SourceDocument document = SourceDocument.Parse(notification);

        Node node = document.Root["outer"][0]["payload"].DecodeBase64Json()["a/b"]["c~d"][1];

        Assert.Equal(new Place([new DecodeStep("/outer/0/payload", "base64-json")], "/a~1b/c~0d/1"), node.Place);
        Assert.Equal("7", node.Text);
        Assert.Equal("7", PlaceResolver.Raw(notification, node.Place));
    }

    [Fact]
    public void Absent_null_empty_and_valued_are_told_apart()
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json("""{"n":null,"e":"","a":[],"o":{},"v":"x"}"""));
        Node root = document.Root;

        Assert.Equal(Presence.Absent, root["missing"]["deeper"][3].Presence);
        Assert.Equal("/missing/deeper/3", root["missing"]["deeper"][3].Pointer);
        Assert.All(new[] { "n", "e", "a", "o" }, name => Assert.Equal(Presence.Empty, root[name].Presence));
        Assert.Equal(Presence.Value, root["v"].Presence);
    }

    [Theory]
    [InlineData("743", "743")]
    [InlineData("\"743\"", "743")]
    [InlineData("10.0", "10")]
    [InlineData("1.417566161e+09", "1417566161")]
    [InlineData("1.4e9", "1400000000")]
    [InlineData("-0", "0")]
    [InlineData("\"007\"", "7")]
    [InlineData("-12E1", "-120")]
    [InlineData("1200e-2", "12")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1.5", null)]
    [InlineData("1e999999999", null)]
    [InlineData("\"1e\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"12x\"", null)]
    [InlineData("true", null)]
    [InlineData("{}", null)]
    public void Whole_numbers_are_read_in_every_spelling(string json, string? expected)
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json($$"""{"n":{{json}}}"""));

        Assert.Equal(expected, document.Root["n"].Integer);
    }

    [Fact]
    public void Duplicate_members_are_seen_and_make_what_is_below_ambiguous()
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json("""{"a":{"x":1},"a":{"x":2},"b":3,"\u0064":1,"d":2}"""));

        Assert.True(document.Root.HasDuplicate("a"));
        Assert.True(document.Root.HasDuplicate("d"));
        Assert.False(document.Root.HasDuplicate("b"));
        Assert.True(document.Root["a"]["x"].IsAmbiguous);
        Assert.False(document.Root["b"].IsAmbiguous);
        Assert.Equal("2", document.Root["a"]["x"].Text);
        Assert.Equal(["a", "b", "d"], document.Root.Members.Select(m => m.Name));
        FieldReading reading = Assert.Single(new Readings().Text(Field.ReleaseTrain, document.Root["a"]["x"]).ToList());
        Assert.Equal("stated more than once", reading.Unreadable);
        Assert.Empty(reading.Values);
    }

    [Theory]
    [InlineData("{\n  \"a\": 1,\n}", 3, 1, "a trailing comma")]
    [InlineData("{\n // note\n \"a\": 1}", 2, 2, "comments are not JSON")]
    [InlineData("{\"ä\" 1}", 1, 6, "a colon is missing")]
    [InlineData("{\"a\": 1", 1, 8, "the text ends too early")]
    [InlineData("", 1, 1, "the text is empty")]
    [InlineData(" \n ", 1, 1, "the text is empty")]
    [InlineData("{\"a\":\"\\ud800\"}", 1, 7, "an escaped surrogate without its other half")]
    [InlineData("{\"a\":\"\\\\ud800\",}", 1, 16, "a trailing comma")]
    [InlineData("{\"a\":1} {}", 1, 9, "more than one document")]
    public void A_body_that_is_not_JSON_says_where_and_why(string body, int line, int column, string reason)
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json(body));

        Assert.Equal($"not JSON: line {line}, column {column}: {reason}", document.Failure?.Reason);
    }

    [Fact]
    public void Invalid_UTF8_and_too_deep_nesting_are_refused_with_their_position()
    {
        using SourceDocument invalid = SourceDocument.Parse(Make.Bytes([.. "{\"a\":\"é"u8, 0xC3, .. "\"}"u8]));
        using SourceDocument deep = SourceDocument.Parse(Make.Json(new string('[', 65) + new string(']', 65)));

        Assert.Equal("not JSON: line 1, column 8: not valid UTF-8", invalid.Failure?.Reason);
        Assert.StartsWith("not JSON: line 1, column 65: nested deeper than 64 levels", deep.Failure?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_leading_space_and_surrogate_pairs_are_fine()
    {
        using SourceDocument document = SourceDocument.Parse(Make.Bytes([0xEF, 0xBB, 0xBF, .. "\r\n {\"a\":\"\\ud83d\\ude00\"}"u8]));

        Assert.Null(document.Failure);
        Assert.Equal("😀", document.Root["a"].Text);
    }

    [Theory]
    [InlineData("{\"a\":\"not base64!\"}")]
    [InlineData("{\"a\":5}")]
    [InlineData("{\"a\":\"bm90IGpzb24\"}")]
    [InlineData("{}")]
    public void A_failed_decode_step_is_a_node_that_says_so(string body)
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json(body));

        Node decoded = document.Root["a"].DecodeBase64Json();

        Assert.Equal(NodeKind.Undecodable, decoded.Kind);
        Assert.Equal("/a", decoded.Failure?.Pointer);
        Assert.False(decoded["x"]["y"].Exists);
    }

    [Theory]
    [InlineData("+/+/")]
    [InlineData("-_-_")]
    [InlineData("-_-_\n")]
    public void Base64_is_read_in_every_spelling(string text)
    {
        Assert.True(Base64Text.TryDecode(text, out byte[] bytes));
        Assert.Equal([0xFB, 0xFF, 0xBF], bytes);
        Assert.True(Base64Text.TryDecode("YQ", out bytes) && bytes is [(byte)'a']);
        Assert.True(Base64Text.TryDecode("YQ==", out bytes) && bytes is [(byte)'a']);
        Assert.False(Base64Text.TryDecode("Y", out _));
    }

    [Fact]
    public void Pointers_select_exactly_what_RFC_6901_says()
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json("""{"":{"":1},"a":["x","y"],"m~1n":2,"0":3}"""));
        Node root = document.Root;

        Assert.Equal("1", root.Select("//").Text);
        Assert.Equal("y", root.Select("/a/1").Text);
        Assert.Equal("2", root.Select("/m~01n").Text);
        Assert.Equal("3", root.Select("/0").Text);
        Assert.All(new[] { "/a/01", "/a/-1", "/a/2", "/a/x", "a", "/a/99999999999" }, p => Assert.False(root.Select(p).Exists));
        Assert.Same(root, root.Select(""));
    }
}
