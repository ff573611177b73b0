using System.Runtime.InteropServices;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>argocd</c>: an Argo CD Application (<c>argoproj.io/v1alpha1</c>), a list of them, a watch event about one, or a notification whose
/// template has it as <c>app</c> or <c>application</c>. <c>status.summary.images</c> are the images of its live resources: one that is
/// pinned by digest is what runs; one by tag is a hint, and so is a repository with several digests, as during a rollout.
/// </summary>
/// <param name="options">Names of annotations and headers.</param>
public sealed class ArgoCdNormalizer(RuntimeValidationOptions options) : DocumentNormalizer
{
    private static readonly string[] Wrappers = ["app", "application", "object"];

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "argocd";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        // Argo CD's own API streams each change as a "result" (grpc-gateway).
        foreach (Node root in document.Readable(items).Where(d => d.Kind != NodeKind.Null)
            .Select(d => d["result"].Kind == NodeKind.Object ? d["result"] : d))
        {
            Node? wrapped = Array.ConvertAll(Wrappers, name => root[name]).FirstOrDefault(app => app.Kind == NodeKind.Object);
            bool deleted = root["type"].Text == "DELETED";
            int before = items.Count;
            foreach ((Node app, string? kind) in KubernetesObjects.ItemsOf(
                root["kind"].Exists ? root : wrapped ?? root, list => list == "ApplicationList" ? "Application" : null))
            {
                ReadObject(document, app, kind, deleted, items);
            }

            if (items.Count == before)
            {
                items.Add(new NormalisedItem.Irrelevant("a list without applications"));
            }
        }
    }

    private void ReadObject(SourceDocument document, Node app, string? kind, bool deleted, Items items)
    {
        Node metadata = app["metadata"];
        if (metadata.Kind != NodeKind.Object || metadata.IsAmbiguous)
        {
            items.Reject(app, "an Application is wanted: a notification's template must have it whole, {{toJson .app}}");
        }
        else if (kind is not (null or "Application"))
        {
            items.Add(new NormalisedItem.Irrelevant("an object of another kind than Application"));
        }
        else
        {
            ReadApplication(document, app, deleted || metadata["deletionTimestamp"].HasValue, items);
        }
    }

    private void ReadApplication(SourceDocument document, Node app, bool deleted, Items items)
    {
        Node images = app["status"]["summary"]["images"];
        if (!images.HasValue)
        {
            items.Add(new NormalisedItem.Irrelevant("an application that reports no images"));
            return;
        }

        var cluster = new Cluster(document, app["metadata"], items.Notification, options);
        var pinned = new Dictionary<string, HashSet<Digest>>();
        foreach (Node node in images.Items)
        {
            if (ImageReference.TryParse(node.String, out ImageReference? image, out Digest? digest) && digest is { } stated)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(pinned, image!.Coordinates, out _) ??= []).Add(stated);
            }
        }

        foreach (Node node in images.Items)
        {
            items.Add(ReadImage(app, node, pinned, deleted, cluster, items));
        }
    }

    private static NormalisedItem ReadImage(
        Node app, Node node, Dictionary<string, HashSet<Digest>> pinned, bool deleted, Cluster cluster, Items items)
    {
        Node metadata = app["metadata"];
        if (node.IsAmbiguous || !ImageReference.TryParse(node.String, out ImageReference? image, out Digest? digest))
        {
            return node.Reject("not an image reference (registry/repository:tag, with a well-formed digest if any)");
        }

        if (digest is null)
        {
            return new NormalisedItem.Hint("an application's image without a digest: only its pods tell what runs", cluster.Name, image!.ToString());
        }

        if (pinned[image!.Coordinates].Count > 1)
        {
            return new NormalisedItem.Hint("several digests of one repository: only the application's pods tell which runs", cluster.Name, image.ToString());
        }

        if (metadata["uid"].String is not { Length: > 0 } uid || metadata["uid"].IsAmbiguous || metadata["resourceVersion"].IsAmbiguous)
        {
            return metadata["uid"].Reject("an application needs one uid and at most one resourceVersion");
        }

        if (ContainerStatusReader.Newest(
            [app["status"]["reconciledAt"], app["status"]["operationState"]["finishedAt"], app["status"]["health"]["lastTransitionTime"]],
            out Node? newest, out DateTimeOffset? time) is { } unreadable)
        {
            return unreadable;
        }

        string? version = metadata["resourceVersion"].Integer is { } counter && counter[0] != '-' ? counter : null;
        var readings = new Readings();
        readings.Value(Field.ObservedDigest, node, digest.Value.Text);
        cluster.Read(readings, app);
        if (newest is not null)
        {
            readings.Time(Field.ObservationTime, newest, TimeFormats.Rfc3339);
        }

        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(
                Source.RuntimeValidation, cluster.Name, RecordKind.Container, $"{cluster.Name}/{uid}/{image.Coordinates}"),
            Revision = new Revision(version, time),
            Lineage = items.NextLineage,
            Subjects = [new Subject(image, digest, DigestKind.Unknown, node.Place)],
            Fields = readings.ToList(),
            Withdrawn = deleted,
            MessageId = version is null ? null : $"{uid}@{version}/{image.Coordinates}{(deleted ? ":deleted" : "")}",
            RecordPointer = node.Pointer,
        });
    }
}
