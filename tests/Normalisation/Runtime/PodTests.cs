using System.Text;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

public sealed class PodTests
{
    private static readonly PodNormalizer Normalizer = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private static string Pod(
        string imageId, string specImage = "registry.example/payments/api:rel-4", string statusImage = "registry.example/payments/api:rel-4",
        string state = """{"running":{"startedAt":"2026-03-22T10:00:49Z"}}""", string metadata = "", string phase = "Running") => $$"""
        {"apiVersion":"v1","kind":"Pod",
         "metadata":{"name":"api-1","namespace":"pay","uid":"u-1","resourceVersion":"151753","creationTimestamp":"2026-03-22T10:00:46Z"{{metadata}}},
         "spec":{"containers":[{"name":"side","image":"registry.example/proxy:1"},{"name":"main","image":"{{specImage}}"}]},
         "status":{"phase":"{{phase}}","conditions":[{"type":"Ready","lastProbeTime":null,"lastTransitionTime":"2026-03-22T10:00:50Z"}],
          "containerStatuses":[{"name":"main","image":"{{statusImage}}","imageID":"{{imageId}}","state":{{state}},"lastState":{} }] } }
        """;

    private static Notification Notify(string body, string? instance = "prod-eu", Dictionary<string, string>? headers = null) =>
        Make.Json(body, Source.RuntimeValidation, "k8s-pod", instance, headers);

    [Fact]
    public void A_running_container_states_what_it_runs()
    {
        string annotations = $$"""
            ,"annotations":{"releaseintegrity.dev/signature-envelope-id":"rekor:{{new string('e', 64)}}",
             "kyverno.io/verify-images":"{\"registry.example/payments/api@{{Digest}}\":\"pass\",\"registry.example/proxy:1\":\"fail\"}"}
            """;

        Observation observation = Check.Single(Normalizer, Notify(Pod($"registry.example/payments/api@{Digest}", metadata: annotations)));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod-eu", RecordKind.Container, "prod-eu/u-1/main"), observation.Record);
        Assert.Equal(new Revision("151753", new DateTimeOffset(2026, 3, 22, 10, 0, 50, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(("u-1@151753/main", "/status/containerStatuses/0", false), (observation.MessageId, observation.RecordPointer, observation.Withdrawn));
        Subject subject = Assert.Single(observation.Subjects);
        Assert.Equal(("registry.example/payments/api:rel-4", Digest, DigestKind.Unknown), (subject.Image!.ToString(), subject.Digest!.Value.Text, subject.DigestKind));
        Assert.Equal(
            $"""
            observed-digest={Digest} /status/containerStatuses/0/imageID
            observed-envelope-id=rekor:{new string('e', 64)} /metadata/annotations/releaseintegrity.dev~1signature-envelope-id
            admission-check=pass /registry.example~1payments~1api@{Digest}
            cluster-id=prod-eu{" "}
            observation-time=2026-03-22T10:00:50Z /status/conditions/0/lastTransitionTime
            """,
            observation.Lines());
        Assert.Equal(
            [new DecodeStep("/metadata/annotations/kyverno.io~1verify-images", "json")],
            observation.Reading(Field.AdmissionCheck).Place.Decode);
    }

    [Theory]
    [InlineData("docker-pullable://registry.example/payments/api@{0}", DigestKind.Unknown)]
    [InlineData("registry.example/payments/api@{0}", DigestKind.Unknown)]
    [InlineData("mirror.example/cache/Payments@{0}", DigestKind.Unknown)]
    [InlineData("docker://{0}", DigestKind.Config)]
    [InlineData("{0}", DigestKind.Config)]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", DigestKind.Config)]
    public void Every_spelling_of_an_image_id_is_read_and_a_bare_one_is_a_configuration(string spelled, DigestKind kind)
    {
        Observation observation = Check.Single(Normalizer, Notify(Pod(spelled.Replace("{0}", Digest, StringComparison.Ordinal))));

        FieldReading observed = observation.Reading(Field.ObservedDigest);
        Assert.Equal((Digest, kind), (observed.Single, observed.DigestKind));
        Assert.Equal(kind, Assert.Single(observation.Subjects).DigestKind);
        Assert.Equal("registry.example/payments/api:rel-4", observation.Subjects[0].Image!.ToString());
    }

    [Theory]
    [InlineData("docker-pullable://registry.example/payments/api@sha256:abc")]
    [InlineData("docker-pullable://registry.example/payments/api:rel-4")]
    [InlineData("containerd://x")]
    [InlineData("sha256:BBBB")]
    [InlineData("@")]
    public void A_malformed_image_id_is_rejected(string imageId) =>
        Assert.Equal("/status/containerStatuses/0/imageID", Check.Single<NormalisedItem.Rejected>(Normalizer, Notify(Pod(imageId))).Pointer);

    [Theory]
    [InlineData("registry.example/payments/api:rel-4", "mirror.example/payments/api:rel-4", "registry.example/payments/api:rel-4")]
    [InlineData("registry.example/payments/api:rel-4", "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "registry.example/payments/api:rel-4")]
    [InlineData("", "registry.example/payments/api:rel-3", "registry.example/payments/api:rel-3")]
    [InlineData("", "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "pulled.example/api")]
    [InlineData("nginx", "docker.io/library/nginx:latest", "docker.io/library/nginx:latest")]
    [InlineData("registry.example/app@sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "x", "registry.example/app")]
    public void The_reference_is_what_the_pod_asked_for(string specImage, string statusImage, string expected)
    {
        Observation observation = Check.Single(Normalizer, Notify(Pod($"pulled.example/api@{Digest}", specImage, statusImage)));

        Assert.Equal(expected, Assert.Single(observation.Subjects).Image!.ToString());
    }

    [Fact]
    public void An_image_that_is_not_pulled_yet_is_a_hint()
    {
        var hint = Check.Single<NormalisedItem.Hint>(Normalizer, Notify(Pod("", state: """{"waiting":{"reason":"ImagePullBackOff"}}""")));

        Assert.Equal(("prod-eu", "pod pay/api-1, container main"), (hint.Instance, hint.Target));
    }

    [Theory]
    [InlineData("""{"terminated":{"exitCode":0,"startedAt":"2026-03-22T10:00:49Z","finishedAt":"2026-03-22T10:05:00Z"}}""", "Running", "")]
    [InlineData("""{"running":{}}""", "Succeeded", "")]
    [InlineData("""{"running":{}}""", "Failed", "")]
    [InlineData("""{"running":{}}""", "Running", ",\"deletionTimestamp\":\"2026-03-22T11:00:00Z\"")]
    public void A_finished_container_withdraws(string state, string phase, string metadata)
    {
        Assert.True(Check.Single(Normalizer, Notify(Pod($"registry.example/app@{Digest}", state: state, phase: phase, metadata: metadata))).Withdrawn);
        Observation unpulled = Check.Single(Normalizer, Notify(Pod("", state: state, phase: phase, metadata: metadata)));
        Assert.True(unpulled.Withdrawn);
        Assert.DoesNotContain(unpulled.Fields, f => f.Field == Field.ObservedDigest);
    }

    [Fact]
    public void Watch_events_wrap_pods()
    {
        string pod = Pod($"registry.example/app@{Digest}");

        Observation modified = Check.Single(Normalizer, Notify($$"""{"type":"MODIFIED","object":{{pod}}}"""));
        Observation gone = Check.Single(Normalizer, Notify($$"""{"type":"DELETED","object":{{pod}}}"""));

        Assert.False(modified.Withdrawn);
        Assert.Equal("/object/status/containerStatuses/0", modified.RecordPointer);
        Assert.True(gone.Withdrawn);
        Assert.Equal(modified.Record, gone.Record);
        Assert.NotEqual(modified.MessageId, gone.MessageId);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Check.Items(Normalizer, Notify("""{"type":"BOOKMARK","object":{"kind":"Pod"}}"""))));
        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Check.Items(Normalizer, Notify("""{"type":"ERROR","object":{"kind":"Status","code":410}}"""))));
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Check.Items(Normalizer, Notify("""{"type":"MOVED","object":{}}"""))));
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Check.Items(Normalizer, Notify("""{"type":"DELETED","object":{"kind":"Pod","metadata":{"uid":"u"}}}"""))));
    }

    [Fact]
    public void Lists_leave_out_the_kind_and_keep_their_order()
    {
        string pod = Pod($"registry.example/app@{Digest}");
        string bare = pod.Replace("\"apiVersion\":\"v1\",\"kind\":\"Pod\",", "", StringComparison.Ordinal);

        Assert.All(
            Check.Items(Normalizer, Notify($$"""{"kind":"PodList","metadata":{"resourceVersion":"9"},"items":[{{bare}},{{bare}}]}""")),
            (item, i) => Assert.Equal($"/items/{i}/status/containerStatuses/0", Assert.IsType<NormalisedItem.Observed>(item).Observation.RecordPointer));
        IReadOnlyList<NormalisedItem> mixed = Check.Items(Normalizer, Notify($$"""{"kind":"List","items":[{"kind":"Service"},{{pod}},7]}"""));
        Assert.IsType<NormalisedItem.Irrelevant>(mixed[0]);
        Assert.IsType<NormalisedItem.Observed>(mixed[1]);
        Assert.IsType<NormalisedItem.Rejected>(mixed[2]);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Check.Items(Normalizer, Notify("""{"kind":"PodList","items":[]}"""))));
    }

    [Fact]
    public void Init_and_ephemeral_containers_are_items_of_their_own()
    {
        string status = $$"""{"name":"x","image":"a","imageID":"registry.example/app@{{Digest}}"}""";
        string body = $$"""
            {"kind":"Pod","metadata":{"uid":"u"},"spec":{"initContainers":[{"name":"x","image":"registry.example/init:1"}],
             "containers":[{"name":"x","image":"registry.example/main:1"}],"ephemeralContainers":[{"name":"x","image":"registry.example/debug:1"}]},
             "status":{"initContainerStatuses":[{{status}}],"containerStatuses":[{{status}}],"ephemeralContainerStatuses":[{{status}}]} }
            """;

        Assert.Equal(
            ["registry.example/init:1", "registry.example/main:1", "registry.example/debug:1"],
            Check.Items(Normalizer, Notify(body)).Select(i => Assert.IsType<NormalisedItem.Observed>(i).Observation.Subjects[0].Image!.ToString()));
    }

    [Theory]
    [InlineData("\"98765432109876543210987654321\"", "98765432109876543210987654321")]
    [InlineData("\"abc\"", null)]
    [InlineData("\"-4\"", null)]
    [InlineData("\"\"", null)]
    public void A_resource_version_orders_only_as_an_integer_of_any_length(string version, string? counter)
    {
        string pod = Pod($"registry.example/app@{Digest}").Replace("\"151753\"", version, StringComparison.Ordinal);

        Assert.Equal(counter, Check.Single(Normalizer, Notify(pod)).Revision.Counter);
    }

    [Fact]
    public void Between_crashes_the_time_does_not_go_back()
    {
        string pod = Pod($"registry.example/app@{Digest}", state: """{"waiting":{"reason":"CrashLoopBackOff"}}""")
            .Replace("\"lastState\":{}", "\"lastState\":{\"terminated\":{\"finishedAt\":\"2026-03-22T10:09:00Z\"}}", StringComparison.Ordinal);

        Assert.Equal(new DateTimeOffset(2026, 3, 22, 10, 9, 0, TimeSpan.Zero), Check.Single(Normalizer, Notify(pod)).Revision.Time);
    }

    [Theory]
    [InlineData("\"uid\":\"u-1\",", "")]
    [InlineData("\"uid\":\"u-1\",", "\"uid\":\"u-1\",\"uid\":\"u-2\",")]
    [InlineData("\"name\":\"main\",\"image\":\"registry.example/payments/api:rel-4\",\"imageID\"", "\"imageID\"")]
    [InlineData("\"imageID\"", "\"imageID\":\"\",\"imageID\"")]
    [InlineData("2026-03-22T10:00:49Z", "a while ago")]
    public void What_identifies_or_orders_a_container_has_to_be_there_once_and_well_formed(string old, string replacement) =>
        Check.Single<NormalisedItem.Rejected>(
            Normalizer, Notify(Pod($"registry.example/app@{Digest}").Replace(old, replacement, StringComparison.Ordinal)));

    [Fact]
    public void The_cluster_is_configured_or_said_by_header_or_annotation()
    {
        string named = Pod($"registry.example/app@{Digest}", metadata: ",\"annotations\":{\"releaseintegrity.dev/cluster\":\"prod-us\"}");

        Assert.Equal(("prod-eu", ""), ClusterOf(Notify(named)));
        Assert.Equal(("prod-ap", "/x-cluster-id"), ClusterOf(Notify(named, null, new() { ["x-cluster-id"] = "prod-ap" })));
        Assert.Equal(("prod-us", "/metadata/annotations/releaseintegrity.dev~1cluster"), ClusterOf(Notify(named, null)));
        Observation unnamed = Check.Single(Normalizer, Notify(Pod($"registry.example/app@{Digest}"), null));
        Assert.Equal("unnamed-cluster", unnamed.Record.Instance);
        Assert.DoesNotContain(unnamed.Fields, f => f.Field == Field.ClusterId);

        static (string?, string) ClusterOf(Notification notification)
        {
            Observation observation = Check.Single(Normalizer, notification);
            Assert.Equal(observation.Record.Instance, observation.Reading(Field.ClusterId).Single);
            return (observation.Record.Instance, observation.Reading(Field.ClusterId).Place.Pointer);
        }
    }

    [Fact]
    public void YAML_of_any_number_of_documents_reads_like_JSON()
    {
        string yaml = $$"""
            kind: Pod
            metadata: {name: a, uid: u, resourceVersion: 12}
            spec: {containers: [{name: main, image: "registry.example/app:1"}]}
            status:
              containerStatuses:
              - {name: main, image: x, imageID: "registry.example/app@{{Digest}}", state: {running: {startedAt: 2026-03-22T10:00:49Z} } }
            """;

        Observation one = Check.Single(Normalizer, Notify(yaml));
        IReadOnlyList<NormalisedItem> two = Check.Items(Normalizer, Notify($"---\n{yaml}\n---\n{yaml}\n---\n"));

        Assert.Equal([new DecodeStep("", "yaml")], one.Reading(Field.ObservedDigest).Place.Decode);
        Assert.Equal("12", one.Revision.Counter);
        Observation second = Assert.IsType<NormalisedItem.Observed>(two[1]).Observation;
        Assert.Equal([new DecodeStep("", "yaml-document-1")], second.Reading(Field.ObservedDigest).Place.Decode);
    }

    [Theory]
    [InlineData("""{"kind":"Deployment","spec":{}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[]}}""", typeof(NormalisedItem.Hint))]
    [InlineData("[1]", typeof(NormalisedItem.Rejected))]
    [InlineData("kind: [", typeof(NormalisedItem.Rejected))]
    [InlineData("# nothing\n", typeof(NormalisedItem.Rejected))]
    public void What_is_no_evidence_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Notify(body))));

    [Fact]
    public void No_mutation_makes_it_throw()
    {
        string pod = Pod($"docker-pullable://registry.example/app@{Digest}", metadata: ""","annotations":{"kyverno.io/verify-images-scoped":"{\"version\":1,\"policies\":{\"p\":{\"r\":{\"registry.example/payments/api:rel-4\":\"pass\"}}}}"}""");
        Check.Totality(Normalizer, Notify($$"""{"kind":"PodList","items":[{{pod}}]}""", null));
        Check.Totality(Normalizer, Make.Bytes(Encoding.UTF8.GetBytes(
            $"kind: Pod\nmetadata: {{uid: u}}\nstatus:\n  containerStatuses:\n  - name: main\n    imageID: x@{Digest}\n"), Source.RuntimeValidation, "k8s-pod"));
    }


    [Fact]
    public void A_watch_is_a_stream_of_events_and_pods_come_as_arrays_too()
    {
        string pod = Pod($"registry.example/payments/api@{Digest}");
        string line = pod.ReplaceLineEndings("");
        string Event(string type) => $$"""{"type":"{{type}}","object":{{line}} }""";
        string watch = $"{Event("ADDED")}\n{Event("DELETED")}\n";

        Observation[] watched = [.. Check.Items(Normalizer, Notify(watch)).Cast<NormalisedItem.Observed>().Select(i => i.Observation)];

        Assert.Equal([false, true], watched.Select(o => o.Withdrawn));
        Assert.Equal("json-lines", watched[1].Subjects[0].Place.Decode[0].As);
        Assert.Equal(2, Check.Items(Normalizer, Notify($"{pod}\n{pod}")).OfType<NormalisedItem.Observed>().Count());
        Assert.Equal(2, Check.Items(Normalizer, Notify($"[{pod},{pod}]")).OfType<NormalisedItem.Observed>().Count());
        Check.Totality(Normalizer, Notify(watch), rounds: 300);
    }
}
