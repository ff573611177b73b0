using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// A cluster that is told of by what its API server asks before it stores a pod's status (Kubernetes, "AdmissionReview"). A decision is
/// followed by the next one and never taken back: that the pod is gone, nobody says.
/// </summary>
internal static class Admissions
{
    /// <summary>The review of a pod that runs; of one that is gone a review that carries nothing.</summary>
    public static Message Reviewed(Workload workload)
    {
        // Nothing but time orders decisions, and the API server's clock is right.
        Workload w = workload with { Stated = workload.At };
        string body = w.Deleted
            ? $$$"""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"{{{w.Request}}}","operation":"DELETE","object":null,"oldObject":null}}"""
            : $$$$"""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"{{{{w.Request}}}}","kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},"subResource":"status","name":"{{{{w.Name}}}}","namespace":"shop","operation":"UPDATE","userInfo":{"username":"system:node:n1"},"object":{{{{Runtimes.PodOf(w, managed: true)}}}},"dryRun":false}}""";
        var message = Message.Of("k8s-admission", body).With("x-cluster-id", w.Cluster);
        return w.Deleted ? message : message with { Statements = [Runtimes.Say(w, "admission/" + w.Request) with { Kind = RecordKind.AdmissionDecision }] };
    }
}
