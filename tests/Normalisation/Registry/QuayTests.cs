using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class QuayTests
{
    private static readonly QuayNormalizer Normalizer = new();

    private const string Push = """
        {"name": "cart", "repository": "shop/cart", "namespace": "shop", "docker_url": "quay.acme.test/shop/cart",
         "homepage": "https://quay.acme.test/repository/shop/cart", "updated_tags": ["4.2.1", "latest"]}
        """;

    private static Notification Of(string body, string? instance = null) => Make.Json(body, format: "quay", instance: instance);

    [Fact]
    public void Every_updated_tag_is_asked_for() => Assert.Equal(
        ["quay.acme.test/shop/cart:4.2.1", "quay.acme.test/shop/cart:latest"],
        Check.Items(Normalizer, Of(Push)).Cast<NormalisedItem.Hint>().Select(h => h.Target));

    [Theory]
    [InlineData("\"quay.acme.test/shop/cart\"", "\"https://quay.acme.test/shop/cart\"")]
    [InlineData("\"docker_url\": \"quay.acme.test/shop/cart\",", "")]
    [InlineData("\"repository\": \"shop/cart\",", "")]
    [InlineData("[\"4.2.1\", \"latest\"]", "{\"4.2.1\": \"f3c8\", \"latest\": \"f3c8\"}")]
    public void Hosts_names_and_tags_come_in_several_spellings(string from, string to) => Assert.Equal(
        ["quay.acme.test/shop/cart:4.2.1", "quay.acme.test/shop/cart:latest"],
        Check.Items(Normalizer, Of(Push.Replace(from, to, StringComparison.Ordinal))).Cast<NormalisedItem.Hint>().Select(h => h.Target));

    [Fact]
    public void A_configured_instance_goes_before_what_the_payload_says() =>
        Assert.All(Check.Items(Normalizer, Of(Push, "mirror.acme.test")), i => Assert.Equal("mirror.acme.test", ((NormalisedItem.Hint)i).Instance));

    [Fact]
    public void A_push_without_tags_asks_for_the_repository() => Assert.Equal(
        "quay.acme.test/shop/cart", Check.Single<NormalisedItem.Hint>(Normalizer, Of(Push.Replace("\"4.2.1\", \"latest\"", "", StringComparison.Ordinal))).Target);

    [Fact]
    public void Each_malformed_tag_is_rejected_by_itself() => Assert.Collection(
        Check.Items(Normalizer, Of(Push.Replace("\"latest\"", "7", StringComparison.Ordinal))),
        i => Assert.IsType<NormalisedItem.Hint>(i),
        i => Assert.Equal("/updated_tags/1", Assert.IsType<NormalisedItem.Rejected>(i).Pointer));

    [Fact]
    public void A_notification_that_is_no_push_is_irrelevant() => Check.Single<NormalisedItem.Irrelevant>(
        Normalizer, Of("""{"repository": "shop/cart", "namespace": "shop", "name": "cart", "build_id": "1", "docker_tags": ["latest"]}"""));

    [Theory]
    [InlineData("\"repository\": \"shop/cart\"", "\"repository\": \"shop/cart\", \"repository\": \"shop/card\"")]
    [InlineData("\"repository\": \"shop/cart\"", "\"repository\": \"shop/Cart\"")]
    [InlineData("[\"4.2.1\", \"latest\"]", "\"latest\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Push.Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Push));
}
