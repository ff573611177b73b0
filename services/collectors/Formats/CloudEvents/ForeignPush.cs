using System.Text.RegularExpressions;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>
/// A push event of some other system that names repository, tag and digest the common way (argocd-image-updater reads
/// such events of any registry, and of Amazon ECR by an EventBridge transformer), or as zot does. Best effort, and for pushes
/// only: a deletion that was guessed would withdraw evidence.
/// </summary>
internal static partial class ForeignPush
{
    // zot, pkg/extensions/events: name and reference, which is a tag or a digest. Its source names no host.
    private const string Zot = "zotregistry.image.updated";

    public static bool IsPush(CloudEvent e) =>
        e.Type == Zot || (PushType().IsMatch(e.Type) && (RepositoryOf(e).String is not null || SubjectOf(e).HasValue));

    public static NormalisedItem Read(CloudEvent e, Items items)
    {
        Node data = e.Data;
        Node repository = RepositoryOf(e);
        Node tag = e.Type == Zot ? data["reference"] : First(data, "tag", "imageTag", "image-tag");
        Node digestNode = First(data, "digest", "imageDigest", "image-digest");
        Node registry = First(data, "registryUrl", "registry", "registryHost");
        if (RegistryMembers.FindDuplicate(data, repository.Name, tag.Name, digestNode.Name, registry.Name) is { } twice)
        {
            return twice;
        }

        Digest? digest = null;
        if (digestNode.HasValue)
        {
            if (!Digest.TryParse(digestNode.Text, out Digest parsed))
            {
                return digestNode.Reject(RegistryMembers.NotADigest);
            }

            digest = parsed;
        }

        if (digest is { } stated && tag.Text == stated.Text)
        {
            tag = data["no tag"];
        }

        string? host = RegistryHost.Canonical(items.Notification.Instance) ?? RegistryHost.Canonical(registry.Value) ?? HostOf(e.Origin);
        if (host is null)
        {
            return registry.Reject(RegistryMembers.NoHost);
        }

        if (ReadImage(host, ref repository, ref tag, e, out ImageReference? image) is { } refused)
        {
            return refused;
        }

        TimeReading time = Times.Read(e.Time, TimeFormats.Rfc3339);
        if (time.Unreadable is not null)
        {
            return e.Time.Reject(time.Unreadable);
        }

        return digest is null
            ? new NormalisedItem.Hint("a push that states no digest", host, image!.ToString())
            : new NormalisedItem.Observed(new RegistryFact
            {
                Image = image!,
                Repository = repository,
                Tag = tag,
                Digest = digest,
                DigestNode = digestNode,
                Time = e.Time,
                OccurredAt = time.Utc,
                MessageId = e.MessageId,
                RecordPointer = data.Pointer,
            }.ToObservation(host, items.NextLineage));
    }

    /// <summary>Where the data names no repository the event's subject does, with the tag: <c>team/app:1.2</c>.</summary>
    private static NormalisedItem.Rejected? ReadImage(string host, ref Node repository, ref Node tag, CloudEvent e, out ImageReference? image)
    {
        if (repository.HasValue)
        {
            return RegistryMembers.ReadImage(host, repository, tag, out image);
        }

        Node subject = SubjectOf(e);
        bool read = ImageReference.TryParse($"{host}/{subject.String}", out image, out Digest? pinned, hostRequired: true) && pinned is null
            && (!tag.HasValue || tag.Text == image!.Tag);
        (repository, tag) = (subject, subject);
        return read ? null : subject.Reject("the subject is not the repository and tag that were pushed");
    }

    private static Node RepositoryOf(CloudEvent e) =>
        e.Type == Zot ? e.Data["name"] : First(e.Data, "repository", "repositoryName", "repository-name");

    private static Node SubjectOf(CloudEvent e) =>
        First(e.Data, "imageDigest", "image-digest", "digest").HasValue ? e.Attribute("subject") : e.Data["no subject"];

    private static Node First(Node data, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (data[name].HasValue)
            {
                return data[name];
            }
        }

        return data[names[0]];
    }

    /// <summary>The host of the event's source, or the registry that an ECR resource name stands for.</summary>
    private static string? HostOf(string source)
    {
        if (source.Contains("://", StringComparison.Ordinal))
        {
            return RegistryHost.Canonical(source);
        }

        Match ecr = EcrResource().Match(source);
        return ecr.Success ? $"{ecr.Groups["account"].Value}.dkr.ecr.{ecr.Groups["region"].Value}.amazonaws.com{(ecr.Groups["region"].Value.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}"
            // An address without its scheme. A name alone may be that of a program.
            : source.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && source[..slash].Contains('.', StringComparison.Ordinal) ? RegistryHost.Canonical(source)
            : null;
    }

    [GeneratedRegex(@"(?:^|[._-])push(?:ed)?(?:$|[._-])|(?:^|[._-])(?:image|container)\.publish(?:ed)?(?:$|[._-])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex PushType();

    [GeneratedRegex(@"^(?:urn:aws|arn:aws):ecr:(?<region>[a-z0-9-]+):(?<account>[0-9]{12}):repository/", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex EcrResource();
}
