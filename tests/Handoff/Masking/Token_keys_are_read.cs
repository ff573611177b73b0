using System.Text;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Masking;

public class Token_keys_are_read
{
    private const string Hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private static readonly ImageReference Tuple = new("r.example", "a/b", "1");

    [Fact]
    public void Hex_base64_and_raw_bytes_are_one_key()
    {
        byte[] raw = Convert.FromHexString(Hex);
        string expected = IdUnder(TokenKey.Parse(raw));
        Assert.Equal(expected, IdUnder(Parse(Hex)));
        Assert.Equal(expected, IdUnder(Parse(Hex.ToUpperInvariant() + "\r\n")));
        Assert.Equal(expected, IdUnder(Parse(Convert.ToBase64String(raw) + "\n")));
        Assert.Equal(expected, IdUnder(Parse("k7:" + Hex)));
    }

    [Fact]
    public void A_key_knows_its_version_and_shows_nothing_else()
    {
        Assert.Equal("k1", Parse(Hex).Version);
        Assert.Equal("k12", Parse("k12:" + Hex).ToString());
        Assert.Equal("k0", TokenKey.Published.Version);
    }

    [Fact]
    public void An_exported_key_reads_back()
    {
        var key = TokenKey.Generate();
        Assert.Equal(IdUnder(key), IdUnder(Parse(key.Export())));
    }

    [Theory]
    [InlineData("", "0 bytes; it needs at least 32")]
    [InlineData("00112233", "4 bytes; it needs at least 32")]
    [InlineData("v1:" + Hex, "not a key version")]
    [InlineData("k0:" + Hex, "not a key version")]
    [InlineData("correct horse battery staple!", "neither hex nor base64")]
    public void A_bad_key_is_refused_with_the_fix_and_never_shown(string content, string expected)
    {
        TokenKeyException e = Assert.Throws<TokenKeyException>(() => Parse(content));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_names_the_command_that_makes_one() =>
        Assert.Contains("openssl rand -hex 32", Assert.Throws<TokenKeyException>(() => TokenKey.Read("/nowhere/key")).Message, StringComparison.Ordinal);

    private static TokenKey Parse(string text) => TokenKey.Parse(Encoding.ASCII.GetBytes(text));

    private static string IdUnder(TokenKey key) => new Masker(key).TupleId(Tuple);
}
