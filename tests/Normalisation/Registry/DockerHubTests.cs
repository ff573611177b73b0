using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class DockerHubTests
{
    private static readonly DockerHubNormalizer Normalizer = new();

    private const string Push = """
        {"push_data": {"pushed_at": 1.417566161e+09, "images": [], "tag": "4.2.1", "pusher": "ada"}, "callback_url": "https://registry.hub.docker.com/u/acme/cart/hook/1/",
         "repository": {"repo_name": "acme/cart", "namespace": "acme", "name": "cart"}}
        """;

    private static Notification Of(string body) => Make.Json(body, format: "docker-hub");

    [Fact]
    public void A_push_can_only_ask_for_its_tag_to_be_read() => Assert.Equal(
        new NormalisedItem.Hint("a push that states no digest", "docker.io", "docker.io/acme/cart:4.2.1"),
        Check.Single<NormalisedItem.Hint>(Normalizer, Of(Push)));

    [Theory]
    [InlineData("""{"repository": {"name": "redis"}, "push_data": {"tag": "7"}}""", "docker.io/library/redis:7")]
    [InlineData("""{"repository": {"name": "cart", "namespace": "acme"}, "push_data": {"tag": "7"}}""", "docker.io/acme/cart:7")]
    public void A_name_alone_is_an_official_image(string body, string target) =>
        Assert.Equal(target, Check.Single<NormalisedItem.Hint>(Normalizer, Of(body)).Target);

    [Theory]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": \"\"")]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": \"4.2.1\", \"tag\": \"4.2.2\"")]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": \"a b\"")]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": 4.2")]
    [InlineData("acme/cart\",", "Acme/Cart\",")]
    [InlineData("\"repository\"", "\"repo\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Push.Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Push));
}
