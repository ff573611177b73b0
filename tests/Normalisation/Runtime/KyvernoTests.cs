using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

public sealed class KyvernoTests
{
    private static readonly KyvernoNormalizer Normalizer = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private static string Pod(string metadata, string status = "") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: pay, {{metadata}}annotations: {kyverno.io/verify-images: '{"registry.example/app@{{Digest}}":"pass"}'} }
        spec: {containers: [{name: main, image: "registry.example/app:1@{{Digest}}"}]}
        {{status}}
        """;

    private static Notification Notify(string body) => Make.Json(body, Source.RuntimeValidation, "kyverno", "prod-eu");

    [Fact]
    public void A_stored_object_carries_its_outcome_golden()
    {
        Observation observation = Check.Single(Normalizer, Notify(Pod("uid: u-1, resourceVersion: '77', creationTimestamp: '2026-03-22T10:00:00Z', ")));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod-eu", RecordKind.AdmissionDecision, "prod-eu/u-1/main"), observation.Record);
        Assert.Equal(new Revision("77", new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(("registry.example/app:1", Digest), (observation.Subjects[0].Image!.ToString(), observation.Subjects[0].Digest!.Value.Text));
        Assert.Equal(
            $"""
            admission-check=pass /registry.example~1app@{Digest}
            cluster-id=prod-eu 
            observation-time=2026-03-22T10:00:00Z /metadata/creationTimestamp
            """,
            observation.Lines());
    }

    [Fact]
    public void A_running_pod_is_read_as_a_pod()
    {
        string status = $$"""status: {containerStatuses: [{name: main, imageID: "registry.example/app@{{Digest}}", state: {running: {startedAt: '2026-03-22T10:00:05Z'} } }]}""";

        Observation observation = Check.Single(Normalizer, Notify(Pod("uid: u-1, resourceVersion: '77', ", status)));

        Assert.Equal(RecordKind.Container, observation.Record.Kind);
        Assert.Equal("pass", observation.Reading(Field.AdmissionCheck).Single);
        Assert.Equal(Digest, observation.Reading(Field.ObservedDigest).Single);
    }

    [Fact]
    public void A_manifest_without_a_uid_is_a_hint_and_one_stated_twice_is_rejected()
    {
        Assert.Equal("Pod pay/a", Check.Single<NormalisedItem.Hint>(Normalizer, Notify(Pod(""))).Target);
        string twice = """{"kind":"Pod","metadata":{"uid":"u","uid":"v"},"spec":{"containers":[{"name":"a","image":"a"}]}}""";
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify(twice));
    }

    [Theory]
    [InlineData("""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","scope":{"kind":"Pod","name":"a","namespace":"n"},"results":[{"result":"fail"}]}""", "Pod n/a")]
    [InlineData("""{"apiVersion":"reports.kyverno.io/v1","kind":"EphemeralReport","metadata":{"namespace":"n","ownerReferences":[{"kind":"Deployment","name":"a"}]},"spec":{"results":[{"result":"pass"}]}}""", "Deployment n/a")]
    [InlineData("""{"apiVersion":"kyverno.io/v1alpha2","kind":"AdmissionReportList","items":[{"metadata":{"namespace":"n","ownerReferences":[{"kind":"Pod","name":"a"}]},"spec":{"results":[{"result":"pass"}]}}]}""", "Pod n/a")]
    public void Reports_of_every_kind_are_hints(string body, string target) =>
        Assert.Equal(target, Check.Single<NormalisedItem.Hint>(Normalizer, Notify(body)).Target);

    [Theory]
    [InlineData("""{"apiVersion":"kyverno.io/v1","kind":"ClusterPolicy","spec":{}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"PodList","items":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"Pod","metadata":{"uid":"u"},"spec":{"containers":[{"name":"a","image":"a"}]}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("7", typeof(NormalisedItem.Rejected))]
    public void What_says_nothing_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Notify(body))));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Notify(Pod("uid: u-1, resourceVersion: '77', ")));
}
