using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

public sealed class AdmissionTests
{
    private static readonly AdmissionNormalizer Normalizer = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private const string Outcome = """ "annotations":{"kyverno.io/verify-images":"{\"registry.example/app:1\":\"pass\"}"} """;

    private static readonly string Containers = """ "containers":[{"name":"main","image":"registry.example/app:1"}] """;

    private static readonly string Pod = $$"""
        {"kind":"Pod","metadata":{"name":"a","managedFields":[{"time":"2026-03-22T10:00:00Z"},{"time":"2026-03-22T10:00:05Z"}],{{Outcome}} },"spec":{ {{Containers}} } }
        """;

    private static string Request(string @object, string operation = "CREATE", string rest = "") =>
        $$"""{"uid":"req-1","kind":{"group":"","kind":"Pod","version":"v1"},"operation":"{{operation}}","object":{{@object}}{{rest}}}""";

    private static Notification Notify(string body, string? instance = "prod-eu") =>
        Make.Json(body, Source.RuntimeValidation, "admission", instance);

    [Theory]
    [InlineData("admission.k8s.io/v1")]
    [InlineData("admission.k8s.io/v1beta1")]
    public void A_review_with_an_outcome_states_the_check(string version)
    {
        Observation observation = Check.Single(Normalizer, Notify(
            $$"""{"apiVersion":"{{version}}","kind":"AdmissionReview","request":{{Request(Pod)}}}"""));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod-eu", RecordKind.AdmissionDecision, "prod-eu/req-1/main"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 10, 0, 5, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(("req-1/main", "/request/object/spec/containers/0", false), (observation.MessageId, observation.RecordPointer, observation.Withdrawn));
        Subject subject = Assert.Single(observation.Subjects);
        Assert.Equal(("registry.example/app:1", null), (subject.Image!.ToString(), subject.Digest));
        Assert.Equal(
            """
            admission-check=pass /registry.example~1app:1
            cluster-id=prod-eu /request/object
            observation-time=2026-03-22T10:00:05Z /request/object/metadata/managedFields/1/time
            """,
            observation.Lines());
        Assert.Equal("/request/object/metadata/annotations/kyverno.io~1verify-images", observation.Reading(Field.AdmissionCheck).Place.Decode[0].Pointer);
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public void What_the_review_itself_denies_was_not_admitted(string allowed, bool admitted)
    {
        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Notify(
            $$"""{"kind":"AdmissionReview","request":{{Request(Pod)}},"response":{"uid":"req-1","allowed":{{allowed}} } }"""));

        Assert.Equal(admitted, Assert.Single(items) is NormalisedItem.Observed);
        Assert.Equal(!admitted, items[0] is NormalisedItem.Irrelevant { Reason: "a request that was denied: nothing was admitted" });
    }

    [Theory]
    [InlineData("Deployment", """{"spec":{"template":{"metadata":{ANNOTATIONS},"spec":{CONTAINERS}}}}""", "/object/spec/template/spec/containers/0")]
    [InlineData("CronJob", """{"metadata":{ANNOTATIONS},"spec":{"jobTemplate":{"spec":{"template":{"spec":{CONTAINERS}}}}}}""", "/object/spec/jobTemplate/spec/template/spec/containers/0")]
    [InlineData("PodTemplate", """{"template":{"metadata":{ANNOTATIONS},"spec":{CONTAINERS}}}""", "/object/template/spec/containers/0")]
    public void Workloads_carry_their_pods_as_templates(string kind, string body, string pointer)
    {
        string @object = body.Replace("ANNOTATIONS", Outcome, StringComparison.Ordinal).Replace("CONTAINERS", Containers, StringComparison.Ordinal);

        Observation observation = Check.Single(Normalizer, Notify(Request(@object).Replace("\"Pod\"", $"\"{kind}\"", StringComparison.Ordinal)));

        Assert.Equal(pointer, observation.RecordPointer);
        Assert.Equal("pass", observation.Reading(Field.AdmissionCheck).Single);
    }

    [Fact]
    public void A_pinned_image_is_evidence_without_an_outcome_but_does_not_run_yet()
    {
        Observation observation = Check.Single(Normalizer, Notify(Request(
            $$"""{"spec":{"containers":[{"name":"main","image":"registry.example/app:1@{{Digest}}"}] } }""")));

        Assert.Equal((Digest, "registry.example/app:1"), (Assert.Single(observation.Subjects).Digest!.Value.Text, observation.Subjects[0].Image!.ToString()));
        Assert.Equal("cluster-id=prod-eu /object", observation.Lines());
        Assert.Equal(new Revision(null, null), observation.Revision);
    }

    [Fact]
    public void An_update_of_the_status_carries_what_runs()
    {
        Observation observation = Check.Single(Normalizer, Notify(Request(
            $$"""{"metadata":{"creationTimestamp":null},"spec":{ {{Containers}} },"status":{"containerStatuses":[{"name":"main","imageID":"docker://{{Digest}}"}]} }""",
            "UPDATE", ",\"subResource\":\"status\"")));

        FieldReading observed = observation.Reading(Field.ObservedDigest);
        Assert.Equal((Digest, DigestKind.Config, "/object/status/containerStatuses/0/imageID"), (observed.Single, observed.DigestKind, observed.Place.Pointer));
    }

    [Fact]
    public void A_deletion_reads_the_old_object_and_withdraws()
    {
        Observation observation = Check.Single(Normalizer, Notify(Request("null", "DELETE", $",\"oldObject\":{Pod}")));

        Assert.True(observation.Withdrawn);
        Assert.Equal("/oldObject/spec/containers/0", observation.RecordPointer);
    }

    [Fact]
    public void Each_container_is_an_item()
    {
        string @object = $$"""
            {"metadata":{ {{Outcome}} },"spec":{"initContainers":[{"name":"init","image":"registry.example/init:1"}],"containers":[
              {"name":"main","image":"registry.example/app:1"},{"name":"bad","image":"Not An Image"},{"image":"registry.example/app:1"},{"name":"odd","image":"registry.example/x@sha256:abc"}]} }
            """;

        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Notify(Request(@object)));

        Assert.Equal(
            [typeof(NormalisedItem.Irrelevant), typeof(NormalisedItem.Observed), typeof(NormalisedItem.Rejected), typeof(NormalisedItem.Rejected), typeof(NormalisedItem.Rejected)],
            items.Select(i => i.GetType()));
        Assert.Equal("/object/spec/containers/1/image", ((NormalisedItem.Rejected)items[2]).Pointer);
    }

    [Theory]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"r","allowed":true}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"DELETE"}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"DELETE","object":null,"oldObject":null}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"CREATE","dryRun":true,"object":{"spec":{"containers":[{"name":"a","image":"registry.example/app@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]}}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"CONNECT","object":{"kind":"PodExecOptions"}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"CREATE","object":{"kind":"ConfigMap","data":{}}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"CREATE","object":{"spec":{"containers":[]}}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"uid":"r","operation":"CREATE","object":{"spec":{"containers":[{"name":"a","image":"registry.example/app:1"}]}}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"operation":"CREATE","object":{"spec":{"containers":[]}}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"uid":"r","uid":"s","operation":"CREATE","object":{"spec":{"containers":[]}}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"kind":"Pod"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"request":7}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"request":{"uid":"r"}""", typeof(NormalisedItem.Rejected))]
    public void What_is_no_evidence_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Notify(body))));

    [Fact]
    public void It_is_registered_under_both_names() =>
        Assert.Equal(["admission", "k8s-admission"], RuntimeValidationFormats.All(new RuntimeValidationOptions()).OfType<AdmissionNormalizer>().Select(n => n.Format));

    [Fact]
    public void No_mutation_makes_it_throw() => Check.Totality(Normalizer, Notify($$"""{"request":{{Request(Pod)}}}"""));


    [Fact]
    public void Inputs_of_policies_lists_and_lines_hold_the_same_request()
    {
        string request = Request(Pod).ReplaceLineEndings("");
        Observation bare = Check.Single(Normalizer, Notify(request));
        string[] bodies =
        [
            $$"""{"review":{{request}}}""", $$"""{"input":{"review":{{request}},"parameters":{} } }""",
            $$"""{"input":{"kind":"AdmissionReview","request":{{request}} } }""", $$"""[{"kind":"AdmissionReview","request":{{request}} }]""",
        ];

        Assert.All(bodies, body => Assert.Equal((bare.Record, bare.MessageId), Check.Single(Normalizer, Notify(body)) is var o ? (o.Record, o.MessageId) : default));
        Assert.Equal(2, Check.Items(Normalizer, Notify($"{request}\n{request}\n")).OfType<NormalisedItem.Observed>().Count());
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Notify("""{"apiVersion":"imagepolicy.k8s.io/v1alpha1","kind":"ImageReview","spec":{"containers":[{"image":"registry.example/app:1"}]}}"""));
        Check.Totality(Normalizer, Notify(bodies[1]), rounds: 300);
    }
}
