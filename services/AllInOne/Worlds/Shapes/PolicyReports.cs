namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>A policy report (Kubernetes Policy working group): results about pods, and no digest anywhere.</summary>
internal static class PolicyReports
{
    /// <summary>A report about somebody's pod.</summary>
    public static Message About(string cluster, DateTimeOffset at) => Message.Of(
        "policy-report",
        $$$"""{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","metadata":{"name":"cpol-verify-images","namespace":"other","uid":"9c1","resourceVersion":"77"},"scope":{"apiVersion":"v1","kind":"Pod","name":"other-1","namespace":"other","uid":"9c2"},"results":[{"policy":"verify-images","rule":"signed","result":"pass","source":"kyverno","timestamp":{"seconds":{{{at.Epoch()}}},"nanos":0}}],"summary":{"pass":1,"fail":0,"warn":0,"error":0,"skip":0}}""")
        .With("x-cluster-id", cluster);
}
