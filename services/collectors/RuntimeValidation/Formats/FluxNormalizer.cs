using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>flux</c>: events of Flux's notification controller (<c>notification.toolkit.fluxcd.io</c>, "Event structure"). They name revisions of
/// sources (a commit, a chart, an artifact of manifests) and no image that runs: what a Kustomization or a HelmRelease changed is a hint,
/// everything else is irrelevant.
/// </summary>
/// <param name="options">Names of headers.</param>
public sealed class FluxNormalizer(RuntimeValidationOptions options) : DocumentNormalizer
{
    private static readonly string[] Appliers = ["Kustomization", "HelmRelease"];

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "flux";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node e in document.Readable(items).SelectMany(d => d.Kind == NodeKind.Array ? d.Items : [d]))
        {
            items.Add(ReadEvent(document, e, items));
        }
    }

    private NormalisedItem ReadEvent(SourceDocument document, Node e, Items items)
    {
        Node about = e["involvedObject"];
        if (about.IsAmbiguous || about["kind"].IsAmbiguous || about["name"].IsAmbiguous || about["namespace"].IsAmbiguous
            || about["kind"].String is not { Length: > 0 } kind || about["name"].String is not { Length: > 0 })
        {
            return about.Reject("not a Flux event: one involvedObject with one kind and name is wanted");
        }

        return Appliers.Contains(kind)
            ? new NormalisedItem.Hint(
                "an event about what was applied names no image digest: only the pods tell what runs",
                new Cluster(document, e["involvedObject"], items.Notification, options).Name, $"{kind} {KubernetesObjects.NameOf(about)}")
            : new NormalisedItem.Irrelevant("an event about a source or an automation, which runs no containers");
    }
}
