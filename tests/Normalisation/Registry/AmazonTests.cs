using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class AmazonTests
{
    private static readonly AmazonNormalizer Normalizer = new();

    private static readonly string Digest = Make.Digest('b');

    private static string Event(string type = "ECR Image Action", string action = "PUSH", string tag = "\"image-tag\": \"4.2.1\",") => $$"""
        {"version": "0", "id": "e-1", "detail-type": "{{type}}", "source": "aws.ecr", "account": "123456789012", "time": "2026-03-22T09:00:00Z", "region": "eu-central-1",
         "resources": ["arn:aws:ecr:us-east-1:999999999999:repository/shop/cart"],
         "detail": {"result": "SUCCESS", "sync-status": "SUCCESS", "repository-name": "shop/cart", "image-digest": "{{Digest}}", {{tag}} "action-type": "{{action}}",
           "manifest-media-type": "application/vnd.oci.image.manifest.v1+json"} }
        """;

    private static Notification Of(string body, string? instance = null) => Make.Json(body, format: "aws-ecr", instance: instance);

    [Fact]
    public void A_push_is_a_tag_at_the_registry_of_account_and_region()
    {
        const string Host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
        Observation observation = Check.Single(Normalizer, Of(Event()));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, Host, RecordKind.RegistryTag, $"{Host}/shop/cart:4.2.1"), observation.Record);
        Assert.Equal(("aws.ecr e-1", DigestKind.Manifest), (observation.MessageId, observation.Subjects[0].DigestKind));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /detail/image-digest
            tag-to-digest={Digest} /detail/image-digest
            repository={Host}/shop/cart /detail/repository-name
            promotion-time=2026-03-22T09:00:00Z /time
            active-tags=4.2.1 /detail/image-tag
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void China_has_a_domain_of_its_own_and_an_instance_goes_before()
    {
        Assert.Equal("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Check.Single(Normalizer, Of(Event().Replace("eu-central-1", "cn-north-1", StringComparison.Ordinal))).Record.Instance);
        Assert.Equal("ecr.acme.test", Check.Single(Normalizer, Of(Event(), "ecr.acme.test")).Record.Instance);
    }

    [Theory]
    [InlineData("\"image-tag\": \"4.2.1\",", RecordKind.RegistryTag)]
    [InlineData("", RecordKind.RegistryManifest)]
    public void A_deletion_ends_what_it_names(string tag, RecordKind kind)
    {
        Observation observation = Check.Single(Normalizer, Of(Event(action: "DELETE", tag: tag)));
        Assert.Equal((kind, true), (observation.Record.Kind, observation.Withdrawn));
    }

    [Fact]
    public void A_replica_arrives_where_the_resource_says() => Assert.Equal(
        "999999999999.dkr.ecr.us-east-1.amazonaws.com/shop/cart:4.2.1", Check.Single(Normalizer, Of(Event("ECR Replication Action", "REPLICATE"))).Record.Id);

    [Fact]
    public void What_the_cache_fetched_has_arrived()
    {
        Assert.Equal("123456789012.dkr.ecr.eu-central-1.amazonaws.com", Check.Single(Normalizer, Of(Event("ECR Pull Through Cache Action", ""))).Record.Instance);
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Event("ECR Pull Through Cache Action", "").Replace("\"sync-status\": \"SUCCESS\"", "\"sync-status\": \"FAILED\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ECR Image Scan")]
    [InlineData("ECR Scan Resource Change")]
    [InlineData("ECR Referrer Action")]
    [InlineData("AWS API Call via CloudTrail")]
    [InlineData("ECR Something New")]
    public void Other_events_are_irrelevant_unless_their_digest_is_none(string type)
    {
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Event(type)));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Event(type).Replace("sha256:bbbb", "sha256:", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"result\": \"SUCCESS\"", "\"result\": \"FAILURE\"")]
    [InlineData("\"PUSH\"", "\"UNTAG\"")]
    [InlineData("\"source\": \"aws.ecr\"", "\"source\": \"aws.inspector2\"")]
    public void What_changed_nothing_is_irrelevant(string from, string to) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Event().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void A_push_without_a_digest_is_a_hint() =>
        Check.Single<NormalisedItem.Hint>(Normalizer, Of(Event().Replace(Digest, "", StringComparison.Ordinal)));

    [Fact]
    public void An_array_is_judged_event_by_event() => Assert.Equal(
        [typeof(NormalisedItem.Observed), typeof(NormalisedItem.Rejected)],
        Check.Items(Normalizer, Of($"[{Event()},{{}}]")).Select(i => i.GetType()));

    [Theory]
    [InlineData("\"123456789012\"", "\"1234\"")]
    [InlineData("\"eu-central-1\"", "\"eu/../1\"")]
    [InlineData("\"repository-name\": \"shop/cart\"", "\"repository-name\": \"Shop/cart\"")]
    [InlineData("\"image-tag\": \"4.2.1\",", "\"image-tag\": \"4.2.1\", \"image-tag\": \"4.2.2\",")]
    [InlineData("2026-03-22T09:00:00Z", "yesterday")]
    [InlineData("\"action-type\": \"PUSH\"", "\"action-type\": null")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Event().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Event()));


    private static string Text(string json) => System.Text.Json.JsonSerializer.Serialize(json);

    private static string Sns(string message, string type = "Notification") =>
        $$"""{"Type": "{{type}}", "MessageId": "m-1", "TopicArn": "arn:aws:sns:eu-central-1:123456789012:pushes", "Message": {{Text(message)}}, "Timestamp": "2026-03-22T09:00:01Z"}""";

    public static TheoryData<string, string> Carriers => new()
    {
        { "sns", Sns(Event()) },
        { "sqs", $$"""{"Records": [{"messageId": "q-1", "eventSource": "aws:sqs", "body": {{Text(Event())}}}]}""" },
        { "sns over sqs", $$"""[{"messageId": "q-1", "receiptHandle": "r", "body": {{Text(Sns(Event()))}}}]""" },
        { "a body that is parsed already", $$"""[{"messageId": "q-1", "body": {{Event()}}}]""" },
        { "lambda", $$"""{"Records": [{"EventSource": "aws:sns", "Sns": {{Sns(Event())}}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Carriers))]
    public void What_carries_an_event_is_taken_off(string carrier, string body)
    {
        Observation bare = Check.Single(Normalizer, Of(Event()));
        Observation carried = Check.Single(Normalizer, Of(body));

        Assert.Equal((carrier, bare.Record, bare.Revision, bare.MessageId), (carrier, carried.Record, carried.Revision, carried.MessageId));
        Check.Totality(Normalizer, Of(body), rounds: 300);
    }

    [Fact]
    public void Questions_of_SNS_are_irrelevant_and_wrappers_end_somewhere()
    {
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Sns("You have chosen to subscribe", "SubscriptionConfirmation")));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Sns("no JSON")));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of("[[[[[[[{}]]]]]]]"));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Sns(Event()).Replace("\"Message\":", "\"Message\": \"{}\", \"Message\":", StringComparison.Ordinal)));
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of("[]"));
    }
}
