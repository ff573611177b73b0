using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>policy-report</c>: PolicyReport and ClusterPolicyReport of the Kubernetes Policy working group, Report and
/// ClusterReport of OpenReports, of any version, and lists of them, as JSON or YAML.
/// </summary>
/// <param name="options">Names of annotations and headers.</param>
public sealed class PolicyReportNormalizer(RuntimeValidationOptions options) : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "policy-report";

    /// <inheritdoc/>
    public override int MappingVersion => 3;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Readable(items).Where(d => d.Kind != NodeKind.Null))
        {
            int before = items.Count;
            foreach ((Node report, string? kind) in KubernetesObjects.ItemsOf(root, PolicyReport.KindOfItems))
            {
                if (report.Kind != NodeKind.Object)
                {
                    items.Reject(report, "a report (an object) is wanted");
                }
                else if (!PolicyReport.Is(report, kind))
                {
                    items.Add(new NormalisedItem.Irrelevant("an object that is no policy report"));
                }
                else
                {
                    PolicyReport.Read(report, new Cluster(document, report["metadata"], items.Notification, options).Name, items);
                }
            }

            if (items.Count == before)
            {
                items.Add(new NormalisedItem.Irrelevant("a list without reports"));
            }
        }
    }
}
