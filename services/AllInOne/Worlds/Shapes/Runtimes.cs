using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>One revision of one workload in a cluster.</summary>
internal sealed record Workload
{
    public required string Cluster { get; init; }

    /// <summary>The request by which it was admitted: of its own with every rollout.</summary>
    public required string Request { get; init; }

    /// <summary>The workload's uid.</summary>
    public required string Uid { get; init; }

    public required string Name { get; init; }

    /// <summary>The cluster's own count of changes.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When the cluster says that it started.</summary>
    public required DateTimeOffset Stated { get; init; }

    public required ImageReference Image { get; init; }

    /// <summary>The digest that is reported: the image's, or one of its children.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The digest that the tag leads to: the image's, whatever of it is reported.</summary>
    public required Digest Leads { get; init; }

    /// <summary>The configuration's digest, where the runtime reports that instead.</summary>
    public string? Config { get; init; }

    /// <summary>What admission says of the signature.</summary>
    public string? Check { get; init; }

    /// <summary>The envelope that admission reports.</summary>
    public string? Envelope { get; init; }

    public bool Deleted { get; init; }
}

/// <summary>One way in which a cluster tells what runs.</summary>
/// <param name="Told">The message for a workload.</param>
/// <param name="IsPerPod">Every pod is a record; otherwise the whole service is one.</param>
internal sealed record RuntimeShape(Func<Workload, Message> Told, bool IsPerPod = true);

/// <summary>
/// The clusters of the world in the shapes in which they tell what runs: pods alone, in lists, in watch events and in audit events,
/// pods stamped by Kyverno, Argo CD's applications, admission reviews, Ratify's log, CDEvents, our own event.
/// </summary>
internal static class Runtimes
{
    public static IReadOnlyList<RuntimeShape> All { get; } =
    [
        new(w => Pod(w, "k8s-pod", p => w.Deleted ? $$"""{"type":"DELETED","object":{{p}}}""" : p)),
        new(w => Pod(w, "k8s-pod", p => $$"""{"type":"{{(w.Deleted ? "DELETED" : "MODIFIED")}}","object":{{p}}}""")),
        new(w => Pod(w, "k8s-pod", p => w.Deleted ? $$"""{"type":"DELETED","object":{{p}}}""" : $$"""{"apiVersion":"v1","kind":"PodList","metadata":{"resourceVersion":"{{w.Version}}"},"items":[{{p}}]}""")),
        new(w => Pod(w, "k8s-audit", p => $$"""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"level":"RequestResponse","auditID":"{{w.Uid}}-{{w.Version}}","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/{{w.Name}}/status","verb":"{{(w.Deleted ? "delete" : "update")}}","user":{"username":"system:node:n1"},"objectRef":{"resource":"pods","namespace":"shop","name":"{{w.Name}}","subresource":"status"},"responseStatus":{"code":200},"responseObject":{{p}},"stageTimestamp":"{{w.Stated.Text()}}"}]}""")),
        new(w => Pod(w, w.Deleted ? "k8s-pod" : "kyverno", p => w.Deleted ? $$"""{"type":"DELETED","object":{{p}}}""" : p, kyverno: true)),
        new(ArgoCd, IsPerPod: false),
        new(Admissions.Reviewed, IsPerPod: false),
        new(Ratifications.Logged, IsPerPod: false),
        new(CdEvent, IsPerPod: false),
        new(OwnEvent),
    ];

    /// <summary>What Flux says of a reconciliation: a hint without a digest.</summary>
    public static Message Unrelated(string cluster, DateTimeOffset at) => Message.Of(
        "flux", $$"""{"involvedObject":{"kind":"Kustomization","namespace":"flux-system","name":"shop","uid":"1","apiVersion":"kustomize.toolkit.fluxcd.io/v1"},"severity":"info","timestamp":"{{at.Text()}}","message":"Reconciliation finished","reason":"ReconciliationSucceeded","metadata":{"kustomize.toolkit.fluxcd.io/revision":"main@sha1:bd88fe9dcb1a1fe9f9f6f4b4b4b1a1fe9f9f6f4b"},"reportingController":"kustomize-controller"}""").With("x-cluster-id", cluster);

    private static Message Pod(Workload w, string format, Func<string, string> wrap, bool kyverno = false) =>
        Message.Of(format, wrap(PodOf(w, kyverno)), Say(w, "pod/" + w.Uid)).With("x-cluster-id", w.Cluster);

    /// <summary>A pod that runs one container.</summary>
    /// <param name="w">The workload.</param>
    /// <param name="kyverno">Kyverno has stamped it.</param>
    /// <param name="managed">It says when its status was last written.</param>
    internal static string PodOf(Workload w, bool kyverno = false, bool managed = false)
    {
        string imageId = w.Config is not null ? $"docker://{w.Config}" : w.Version % 3 == 0 ? $"docker-pullable://{w.Image.Coordinates}@{w.Digest}" : $"{w.Image.Coordinates}@{w.Digest}";
        string[] annotations =
        [
            .. w.Check is null ? [] : new[] { kyverno ? $"\"kyverno.io/verify-images\":\"{{\\\"{w.Image}\\\":\\\"{w.Check}\\\"}}\"" : $"\"releaseintegrity.dev/admission-check\":\"{w.Check}\"" },
            .. w.Envelope is null ? [] : new[] { $"\"releaseintegrity.dev/signature-envelope-id\":\"{w.Envelope}\"" },
        ];
        string started = w.Stated.Text();
        string managers = managed ? $$""","managedFields":[{"manager":"kubelet","operation":"Update","subresource":"status","time":"{{started}}"}]""" : "";
        return $$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{w.Name}}}}","namespace":"shop","uid":"{{{{w.Uid}}}}","resourceVersion":"{{{{w.Version}}}}","creationTimestamp":"{{{{w.Stated.AddSeconds(-20).Text()}}}}","annotations":{{{{{string.Join(',', annotations)}}}}}{{{{managers}}}}},"spec":{"containers":[{"name":"app","image":"{{{{w.Image}}}}"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"{{{{started}}}}"}],"startTime":"{{{{w.Stated.AddSeconds(-10).Text()}}}}","containerStatuses":[{"name":"app","image":"{{{{w.Image}}}}","imageID":"{{{{imageId}}}}","containerID":"containerd://1","ready":true,"state":{"running":{"startedAt":"{{{{started}}}}"}}}]}}""";
    }

    private static Message ArgoCd(Workload w)
    {
        Workload bare = w with { Check = null, Envelope = null, Config = null };
        string app = $$$$"""{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"shop","namespace":"argocd","uid":"{{{{w.Uid}}}}","resourceVersion":"{{{{w.Version}}}}"},"status":{"reconciledAt":"{{{{w.Stated.Text()}}}}","summary":{"images":["{{{{w.Image}}}}@{{{{w.Digest}}}}"]},"sync":{"status":"Synced","revision":"b1946ac92492d2347c6235b4d2611184"}}}""";
        return Message.Of("argocd", w.Deleted ? $$"""{"type":"DELETED","object":{{app}}}""" : app, Say(bare, "app/" + w.Uid)).With("x-cluster-id", w.Cluster);
    }

    private static Message CdEvent(Workload w)
    {
        Workload bare = w with { Check = null, Envelope = null, Config = null };
        string predicate = w.Deleted ? "removed" : "upgraded";
        return Message.Of(
            "cdevents",
            $$$$"""{"context":{"version":"0.4.1","id":"{{{{w.Uid}}}}-{{{{w.Version}}}}","source":"https://deploy.acme.example/","type":"dev.cdevents.service.{{{{predicate}}}}.0.2.0","timestamp":"{{{{w.At.Text()}}}}"},"subject":{"id":"service/{{{{w.Uid}}}}","type":"service","content":{"environment":{"id":"{{{{w.Cluster}}}}"},"artifactId":"{{{{Spelling.PackageUrl(w.Image, w.Digest.Text)}}}}"}}}""",
            Say(bare with { Stated = w.At }, "service/" + w.Uid)).With("x-cluster-id", w.Cluster);
    }

    private static Message OwnEvent(Workload w)
    {
        Workload stated = w with { Config = null };
        string fields = string.Join(',',
            new (string Name, string? Value)[] { ("admission-check", w.Check), ("observed-envelope-id", w.Envelope) }
                .Where(f => f.Value is not null).Select(f => $"\"{f.Name}\":\"{f.Value}\""));
        return Message.Of(
            "cloudevents",
            $$$$"""{"specversion":"1.0","id":"{{{{w.Uid}}}}-{{{{w.Version}}}}","source":"https://validation.acme.example/{{{{w.Cluster}}}}","type":"dev.releaseintegrity.runtime-validation.{{{{(w.Deleted ? "withdrawn" : "observed")}}}}.v1","time":"{{{{w.Stated.Text()}}}}","data":{"cluster":"{{{{w.Cluster}}}}","podUid":"{{{{w.Uid}}}}","container":"app","revision":"{{{{w.Version}}}}","image":"{{{{w.Image}}}}","digest":"{{{{w.Digest}}}}","fields":{{{{{fields}}}}}}}""",
            Say(stated, "event/" + w.Uid));
    }

    internal static Statement Say(Workload w, string record)
    {
        var fields = new Dictionary<Field, IReadOnlyList<string>>();
        fields.Say(Field.ObservedDigest, w.Config is null ? w.Digest.Text : null);
        fields.Say(Field.AdmissionCheck, w.Check);
        fields.Say(Field.ObservedEnvelopeId, w.Envelope);
        fields.Say(Field.ClusterId, w.Cluster);
        fields.Say(Field.ObservationTime, w.Stated.Text());
        return new Statement
        {
            Source = Source.RuntimeValidation,
            Instance = w.Cluster,
            Kind = RecordKind.Container,
            Record = record,
            At = w.At,
            Time = w.Stated,
            Image = w.Image,
            Digest = w.Config is null ? w.Digest : null,
            Fields = fields,
            Withdrawn = w.Deleted,
        };
    }
}
