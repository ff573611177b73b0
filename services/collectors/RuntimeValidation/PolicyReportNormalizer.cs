using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// <c>policy-report</c>: PolicyReport and ClusterPolicyReport of the Kubernetes Policy working group, Report and
/// ClusterReport of OpenReports, and lists of them, as JSON or YAML. A report names no digest, whatever its outcome:
/// each result can only ask for the pods that it is about.
/// </summary>
public sealed class PolicyReportNormalizer : DocumentNormalizer
{
    private const string ListSuffix = "List";

    private static readonly string[] Kinds = ["PolicyReport", "ClusterPolicyReport", "Report", "ClusterReport"];

    private static readonly string[] Groups = ["wgpolicyk8s.io", "reports.x-k8s.io", "openreports.io"];

    private static readonly string[] Workloads =
    [
        "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController",
    ];

    // "resources" up to v1alpha2, "subjects" since, "resource" in the first drafts.
    private static readonly string[] SubjectMembers = ["resources", "subjects", "resource"];

    private readonly RuntimeValidationOptions _options;

    /// <summary>Reads annotations and headers of the given names.</summary>
    public PolicyReportNormalizer(RuntimeValidationOptions options) => _options = options;

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "policy-report";

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Documents.Where(d => d.Kind != NodeKind.Null))
        {
            int before = items.Count;
            foreach ((Node report, string? kind) in KubernetesObjects.ItemsOf(root, KindOfItems))
            {
                ReadReport(document, report, kind, items);
            }

            if (items.Count == before)
            {
                items.Add(new NormalisedItem.Irrelevant("a list without reports"));
            }
        }
    }

    private static string? KindOfItems(string? list) =>
        list?.EndsWith(ListSuffix, StringComparison.Ordinal) == true ? list[..^ListSuffix.Length] : null;

    private void ReadReport(SourceDocument document, Node report, string? kind, Items items)
    {
        Node results = report["results"];
        if (report.Kind != NodeKind.Object)
        {
            items.Reject(report, "a report (an object) is wanted");
        }
        else if (!Kinds.Contains(kind) || !IsOfKnownGroup(report["apiVersion"].Value))
        {
            items.Add(new NormalisedItem.Irrelevant("an object that is no policy report"));
        }
        else if (!results.HasValue)
        {
            items.Add(new NormalisedItem.Irrelevant("a report without results"));
        }
        else if (results.Kind != NodeKind.Array || results.IsAmbiguous)
        {
            items.Reject(results, "one list of results is wanted");
        }
        else
        {
            string cluster = new Cluster(document, report["metadata"], items.Notification, _options).Name;
            foreach (Node result in results.Items)
            {
                items.Add(ReadResult(report, result, cluster));
            }
        }
    }

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
            subjects.Add(report["scope"]);
        }

        string[] targets = [.. subjects
            .Where(subject => Workloads.Contains(subject["kind"].Value))
            .Select(subject => Target(subject, report["metadata"]["namespace"].Value))];
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
