using System.Text;
using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class GoogleTests
{
    private const string Repository = "europe-docker.pkg.dev/acme/shop/cart";

    private static readonly GoogleNormalizer Normalizer = new();

    private static readonly string Digest = Make.Digest('b');

    private static readonly string Insert = $$"""{"action": "INSERT", "digest": "{{Repository}}@{{Digest}}", "tag": "{{Repository}}:4.2.1"}""";

    private static string Wrapped(string data) => $$$"""
        {"message": {"data": "{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}}}", "messageId": "11", "message_id": "11", "publishTime": "2026-03-22T09:00:00.123Z"},
         "subscription": "projects/acme/subscriptions/gcr"}
        """;

    private static Notification Of(string body) => Make.Json(body, format: "google-gar");

    [Fact]
    public void A_push_subscription_wraps_the_data_in_base64()
    {
        Observation observation = Check.Single(Normalizer, Of(Wrapped(Insert)));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "europe-docker.pkg.dev", RecordKind.RegistryTag, Repository + ":4.2.1"), observation.Record);
        Assert.Equal((new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 0, 0, 123, TimeSpan.Zero)), "11"), (observation.Revision, observation.MessageId));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /digest
            tag-to-digest={Digest} /digest
            repository={Repository} /digest
            promotion-time=2026-03-22T09:00:00.123Z /message/publishTime
            active-tags=4.2.1 /tag
            """.ReplaceLineEndings("\n"), observation.Lines());
        Assert.Equal(("/message/data", "base64-json"), (observation.Fields[0].Place.Decode[0].Pointer, observation.Fields[0].Place.Decode[0].As));
    }

    [Fact]
    public void The_data_may_come_bare() => Assert.Equal(Repository + ":4.2.1", Check.Single(Normalizer, Of(Insert)).Record.Id);

    [Fact]
    public void A_manifest_may_have_no_tag_and_go()
    {
        string untagged = $$"""{"action": "DELETE", "digest": "gcr.io/acme/cart@{{Digest}}"}""";
        Observation observation = Check.Single(Normalizer, Of(Wrapped(untagged)));

        Assert.Equal(($"gcr.io/acme/cart@{Digest}", true), (observation.Record.Id, observation.Withdrawn));
    }

    [Theory]
    [InlineData("INSERT")]
    [InlineData("DELETE")]
    public void A_tag_without_a_digest_is_a_hint(string action) => Assert.Equal(
        "gcr.io/acme/cart:4.2.1", Check.Single<NormalisedItem.Hint>(Normalizer, Of(Wrapped($$"""{"action": "{{action}}", "tag": "gcr.io/acme/cart:4.2.1"}"""))).Target);

    [Fact]
    public void Another_action_is_irrelevant() =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Insert.Replace("INSERT", "SCAN", StringComparison.Ordinal)));

    [Theory]
    [InlineData("@sha256:bb", "@sha256:")]
    [InlineData("@sha256:bb", "@sha256:...")]
    [InlineData("cart:4.2.1", "card:4.2.1")]
    [InlineData("cart:4.2.1", "cart")]
    [InlineData("\"tag\"", "\"digest\": \"x\", \"tag\"")]
    [InlineData("europe-docker.pkg.dev/acme/shop/cart:", "cart:")]
    [InlineData("\"INSERT\"", "\"\"")]
    public void A_malformed_or_contradictory_identity_is_rejected(string from, string to)
    {
        Assert.Contains(from, Insert, StringComparison.Ordinal);
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Insert.Replace(from, to, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"message": {"data": "!"}}""")]
    [InlineData("""{"message": {"data": "e30"}, "message": {}}""")]
    [InlineData("""{"message": {"messageId": "1"}}""")]
    [InlineData("""{"message": {"data": "e30"}}""")]
    [InlineData("{}")]
    public void A_message_without_readable_data_is_rejected(string body) => Check.Single<NormalisedItem.Rejected>(Normalizer, Of(body));

    [Fact]
    public void No_mutation_breaks_it()
    {
        Check.Totality(Normalizer, Of(Insert));
        Check.Totality(Normalizer, Of(Wrapped(Insert)));
    }


    [Fact]
    public void Eventarc_and_pulls_wrap_the_same_message()
    {
        Observation pushed = Check.Single(Normalizer, Of(Wrapped(Insert)));
        string message = Wrapped(Insert)["{\"message\": ".Length..].Split("},")[0] + "}";
        string[] bodies =
        [
            $$"""{"specversion": "1.0", "id": "11", "type": "google.cloud.pubsub.topic.v1.messagePublished", "source": "//pubsub.googleapis.com/t", "data": {{Wrapped(Insert)}}}""",
            $$"""{"receivedMessages": [{"ackId": "a", "message": {{message}}}]}""",
            $$"""[{"ackId": "a", "message": {{message}}}]""",
        ];

        Assert.All(bodies, body => Assert.Equal(
            (pushed.Record, pushed.Revision, pushed.MessageId), Check.Single(Normalizer, Of(body)) is var o ? (o.Record, o.Revision, o.MessageId) : default));
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of("""{"receivedMessages": []}"""));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of("""{"receivedMessages": [], "receivedMessages": [1]}"""));
        Assert.All(bodies, body => Check.Totality(Normalizer, Of(body), rounds: 300));
    }

    [Fact]
    public void A_tag_alone_is_one_of_the_digests_repository()
    {
        string bare = Insert.Replace($"\"{Repository}:4.2.1\"", "\"4.2.1\"", StringComparison.Ordinal);

        Assert.Equal(Repository + ":4.2.1", Check.Single(Normalizer, Of(bare)).Record.Id);
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of("""{"action": "INSERT", "tag": "4.2.1"}"""));
    }
}
