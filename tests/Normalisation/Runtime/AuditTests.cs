using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

public sealed class AuditTests
{
    private static readonly AuditNormalizer Normalizer = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private static readonly string Spec = """ "spec":{"containers":[{"name":"main","image":"registry.example/app:1"}]} """;

    private static readonly string Running = $$$"""
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"pay","uid":"u-1","resourceVersion":"77","creationTimestamp":"2026-03-22T10:00:00Z"},{{{Spec}}},
         "status":{"phase":"Running","containerStatuses":[{"name":"main","image":"registry.example/app:1","imageID":"registry.example/app@{{{Digest}}}","state":{"running":{"startedAt":"2026-03-22T10:00:05Z"} } }] } }
        """;

    private static readonly string Stamped = $$$"""
        {"kind":"Deployment","metadata":{"name":"app","namespace":"pay","annotations":{"kyverno.io/verify-images":"{\"registry.example/app:1\":\"pass\"}"}},"spec":{"template":{ {{{Spec}}} } } }
        """;

    private static string Event(string @object, string verb = "update", string rest = "", string stage = "ResponseComplete", int code = 200, string resource = "pods") => $$"""
        {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"audit-1","stage":"{{stage}}","verb":"{{verb}}",
         "requestURI":"/api/v1/namespaces/pay/{{resource}}/a","objectRef":{"resource":"{{resource}}","namespace":"pay","name":"a"},"responseStatus":{"code":{{code}}},
         "responseObject":{{@object}},"requestReceivedTimestamp":"2026-03-22T10:00:06.000001Z","stageTimestamp":"2026-03-22T10:00:07.000002Z"{{rest}}}
        """;

    private static Notification Notify(string body) => Make.Json(body, Source.RuntimeValidation, "k8s-audit", "prod-eu");

    [Fact]
    public void A_pods_status_is_what_runs_golden()
    {
        Observation observation = Check.Single(Normalizer, Notify($$"""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{{Event(Running, "patch")}}]}"""));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod-eu", RecordKind.Container, "prod-eu/u-1/main"), observation.Record);
        Assert.Equal(new Revision("77", new DateTimeOffset(2026, 3, 22, 10, 0, 5, TimeSpan.Zero)), observation.Revision);
        Assert.Equal("/items/0/responseObject/status/containerStatuses/0", observation.RecordPointer);
        Assert.Equal(
            $"""
            observed-digest={Digest} /items/0/responseObject/status/containerStatuses/0/imageID
            cluster-id=prod-eu /items/0/responseObject
            observation-time=2026-03-22T10:00:05Z /items/0/responseObject/status/containerStatuses/0/state/running/startedAt
            """,
            observation.Lines());
    }

    [Fact]
    public void A_workload_that_was_admitted_states_the_check_at_the_time_of_the_event()
    {
        Observation observation = Check.Single(Normalizer, Notify(Event(Stamped, "create", resource: "deployments")));

        Assert.Equal((RecordKind.AdmissionDecision, "prod-eu/audit-1/main"), (observation.Record.Kind, observation.Record.Id));
        Assert.Equal(new DateTimeOffset(2026, 3, 22, 10, 0, 7, TimeSpan.Zero).AddTicks(20), observation.Revision.Time);
        Assert.Equal("pass", observation.Reading(Field.AdmissionCheck).Single);
        Assert.False(observation.Withdrawn);
        Assert.True(Check.Single(Normalizer, Notify(Event(Stamped, "delete", resource: "deployments"))).Withdrawn);
    }

    [Fact]
    public void The_object_that_was_asked_for_stands_in_for_one_that_was_not_recorded()
    {
        string request = Event("null", "create", $",\"requestObject\":{Stamped}");

        Assert.Equal("/requestObject/spec/template/spec/containers/0", Check.Single(Normalizer, Notify(request)).RecordPointer);
        Assert.Equal("pods pay/a", Check.Single<NormalisedItem.Hint>(Normalizer, Notify(Event("null", "patch", ",\"requestObject\":[{\"op\":\"add\"}]"))).Target);
        Assert.Equal("pods pay/a", Check.Single<NormalisedItem.Hint>(Normalizer, Notify(Event("null", "patch", $",\"requestObject\":{Stamped}"))).Target);
    }

    [Fact]
    public void A_pod_without_digest_or_outcome_is_a_hint()
    {
        string pod = $$"""{"kind":"Pod","metadata":{"name":"a","namespace":"pay"},{{Spec}}}""";
        Assert.Equal("pods pay/a", Check.Single<NormalisedItem.Hint>(Normalizer, Notify(Event(pod, "create"))).Target);
    }

    [Theory]
    [InlineData("get", "ResponseComplete", 200, "")]
    [InlineData("update", "RequestReceived", 200, "")]
    [InlineData("update", "Panic", 500, "")]
    [InlineData("update", "ResponseComplete", 403, "")]
    [InlineData("update", "ResponseComplete", 200, ",\"requestURI\":\"/api/v1/pods?dryRun=All\"")]
    public void What_was_not_carried_out_is_irrelevant(string verb, string stage, int code, string rest)
    {
        string body = Event(Running, verb, rest, stage, code);
        if (rest.Length > 0)
        {
            body = body.Replace("\"requestURI\":\"/api/v1/namespaces/pay/pods/a\",", "", StringComparison.Ordinal);
        }

        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Notify(body));
    }

    [Theory]
    [InlineData("""{"kind": 0}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"update"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"auditID":"a","auditID":"b","stage":"ResponseComplete","verb":"update"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"kind":"Event","apiVersion":"v1","involvedObject":{}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"EventList","items":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"EventList","apiVersion":"v1","items":[{"involvedObject":{}}]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"auditID":"a","stage":"ResponseComplete","verb":"update","objectRef":{"resource":"configmaps"}}""", typeof(NormalisedItem.Irrelevant))]
    public void What_is_no_change_of_a_workload_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Notify(body))));

    [Fact]
    public void A_log_has_an_event_per_line()
    {
        string lines = string.Join('\n', new[] { Event(Running), Event(Stamped, "create"), """{"kind":0}""" }.Select(e => e.ReplaceLineEndings("")));

        Assert.Equal(
            [typeof(NormalisedItem.Observed), typeof(NormalisedItem.Observed), typeof(NormalisedItem.Rejected)],
            Check.Items(Normalizer, Notify(lines)).Select(i => i.GetType()));
    }

    [Fact]
    public void No_mutation_breaks_it()
    {
        Check.Totality(Normalizer, Notify(Event(Running)));
        Check.Totality(Normalizer, Notify($"[{Event(Stamped, "create")}]"));
    }
}
