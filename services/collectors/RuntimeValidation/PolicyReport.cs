using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// A report of policy results (wg-policy, OpenReports; Kyverno's intermediate reports have the same shape). It names no digest,
/// whatever its outcome: each result can only ask for the pods that it is about.
/// </summary>
internal static class PolicyReport
{
    private const string ListSuffix = "List";

    private static readonly string[] Kinds =
    [
        "PolicyReport", "ClusterPolicyReport", "Report", "ClusterReport",
        "EphemeralReport", "ClusterEphemeralReport", "AdmissionReport", "ClusterAdmissionReport", "BackgroundScanReport", "ClusterBackgroundScanReport",
    ];

    // The first is that of the working group's drafts.
    private static readonly string[] Groups = ["policy.kubernetes.io", "wgpolicyk8s.io", "reports.x-k8s.io", "openreports.io", "kyverno.io", "reports.kyverno.io"];

    private static readonly string[] Workloads =
    [
        "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController",
    ];

    // "resources" up to v1alpha2, "subjects" since, "resource" in the first drafts.
    private static readonly string[] SubjectMembers = ["resources", "subjects", "resource"];

    /// <summary>Whether an object is a report.</summary>
    /// <param name="report">The object.</param>
    /// <param name="kind">Its kind, stated or implied by a list.</param>
    internal static bool Is(Node report, string? kind) => Kinds.Contains(kind) && IsOfKnownGroup(report["apiVersion"].Value);

    /// <summary>The kind of a list's items, where they don't say it themselves.</summary>
    internal static string? KindOfItems(string? list) =>
        list?.EndsWith(ListSuffix, StringComparison.Ordinal) == true ? list[..^ListSuffix.Length] : null;

    /// <summary>Adds an item per result. A report that only counts its results is about its scope.</summary>
    internal static void Read(Node report, string cluster, Items items)
    {
        // Kyverno's intermediate reports keep theirs in the specification.
        Node results = report["results"].Exists ? report["results"] : report["spec"]["results"];
        if (results.IsAmbiguous || (results.HasValue && results.Kind != NodeKind.Array))
        {
            items.Reject(results, "one list of results is wanted");
        }
        else if (results.HasValue)
        {
            foreach (Node result in results.Items)
            {
                items.Add(ReadResult(report, result, cluster));
            }
        }
        else
        {
            items.Add(Targets(report, [Scope(report)]) is { Length: > 0 } targets
                ? new NormalisedItem.Hint("a report that only counts its results", cluster, string.Join(", ", targets))
                : new NormalisedItem.Irrelevant("a report without results"));
        }
    }

    // Intermediate reports have no scope: their owner is what they are about.
    private static Node Scope(Node report) =>
        report["scope"].HasValue ? report["scope"] : report["metadata"]["ownerReferences"][0];

    private static string[] Targets(Node report, IEnumerable<Node> subjects) =>
    [
        .. subjects.Where(subject => Workloads.Contains(subject["kind"].Value))
            .Select(subject => Target(subject, report["metadata"]["namespace"].Value)),
    ];

    /// <summary>Items of a typed list need not repeat the version.</summary>
    private static bool IsOfKnownGroup(string? apiVersion) => apiVersion is null || Groups.Contains(apiVersion.Split('/')[0]);

    private static NormalisedItem ReadResult(Node report, Node result, string cluster)
    {
        if (result.Kind != NodeKind.Object)
        {
            return result.Reject("a result (an object) is wanted");
        }

        List<Node> subjects = [.. SubjectMembers.SelectMany(member =>
            result[member].Kind == NodeKind.Array ? result[member].Items : [result[member]]).Where(subject => subject.HasValue)];
        if (subjects.Count == 0)
        {
            subjects.Add(Scope(report));
        }

        string[] targets = Targets(report, subjects);
        return targets.Length == 0
            ? new NormalisedItem.Irrelevant("a policy result about no pod and no workload")
            : new NormalisedItem.Hint(
                "a policy result names no digest: only the image ids of its pods tell what it is about", cluster, string.Join(", ", targets));
    }

    private static string Target(Node subject, string? reportNamespace)
    {
        string name = KubernetesObjects.NameOf(subject);
        return subject["namespace"].HasValue || reportNamespace is null
            ? $"{subject["kind"].Value} {name}"
            : $"{subject["kind"].Value} {reportNamespace}/{name}";
    }
}
