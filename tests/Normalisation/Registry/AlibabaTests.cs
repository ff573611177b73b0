using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class AlibabaTests
{
    private static readonly AlibabaNormalizer Normalizer = new();

    private static string Push => $$"""
        {"push_data": {"digest": "{{Make.Digest('b')}}", "pushed_at": "2026-03-22 09:00:00", "tag": "4.2.1"},
         "repository": {"date_created": "2025-01-01 00:00:00", "name": "cart", "namespace": "shop", "region": "cn-hangzhou", "repo_full_name": "shop/cart", "repo_type": "PRIVATE"} }
        """;

    private static Notification Of(string body, string? instance = null) => Make.Json(body, format: "aliyun-acr", instance: instance);

    [Fact]
    public void A_push_states_digest_tag_and_a_time_without_a_zone()
    {
        Observation observation = Check.Single(Normalizer, Of(Push));

        Assert.Equal("registry.cn-hangzhou.aliyuncs.com/shop/cart:4.2.1", observation.Record.Id);
        Assert.Equal(
            $"""
            manifest-digest={Make.Digest('b')} /push_data/digest
            tag-to-digest={Make.Digest('b')} /push_data/digest
            repository=registry.cn-hangzhou.aliyuncs.com/shop/cart /repository/repo_full_name
            promotion-time=2026-03-22T09:00:00Z /push_data/pushed_at
            active-tags=4.2.1 /push_data/tag
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void An_instance_goes_before_the_region_and_names_may_come_in_parts() => Assert.Equal(
        "acme-registry.cn-hangzhou.cr.aliyuncs.com/shop/cart:4.2.1",
        Check.Single(Normalizer, Of(Push.Replace("\"repo_full_name\": \"shop/cart\",", "", StringComparison.Ordinal), "acme-registry.cn-hangzhou.cr.aliyuncs.com")).Record.Id);

    [Fact]
    public void Without_a_digest_it_is_a_hint() => Check.Single<NormalisedItem.Hint>(Normalizer, Of(Push.Replace(Make.Digest('b'), "", StringComparison.Ordinal)));

    [Theory]
    [InlineData("sha256:bb", "sha256:")]
    [InlineData("2026-03-22 09:00:00", "2026-03-22")]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": \"4.2.1\", \"tag\": \"4.2.2\"")]
    [InlineData("\"cn-hangzhou\"", "\"evil.test/\"")]
    [InlineData("shop/cart\"", "Shop/cart\"")]
    [InlineData("\"push_data\"", "\"push\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Push.Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Push));
}
