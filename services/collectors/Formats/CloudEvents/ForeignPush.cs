using System.Text.RegularExpressions;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>
/// A push event of some other system that names repository, tag and digest the common way (argocd-image-updater reads
/// such events of any registry, and of Amazon ECR by an EventBridge transformer). Best effort, and for pushes only: a
/// deletion that was guessed would withdraw evidence.
/// </summary>
internal static partial class ForeignPush
{
    public static bool IsPush(CloudEvent e) =>
        PushType().IsMatch(e.Type) && First(e.Data, "repository", "repositoryName", "repository-name").String is not null;

    public static NormalisedItem Read(CloudEvent e, Items items)
    {
        Node data = e.Data;
        Node repository = First(data, "repository", "repositoryName", "repository-name");
        Node tag = First(data, "tag", "imageTag", "image-tag");
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

        string? host = RegistryHost.Canonical(items.Notification.Instance) ?? RegistryHost.Canonical(registry.Value) ?? HostOf(e.Origin);
        if (host is null)
        {
            return registry.Reject(RegistryMembers.NoHost);
        }

        if (RegistryMembers.ReadImage(host, repository, tag, out ImageReference? image) is { } refused)
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
        return ecr.Success ? $"{ecr.Groups["account"].Value}.dkr.ecr.{ecr.Groups["region"].Value}.amazonaws.com" : null;
    }

    [GeneratedRegex(@"(?:^|[._-])push(?:ed)?(?:$|[._-])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex PushType();

    [GeneratedRegex(@"^(?:urn:aws|arn:aws):ecr:(?<region>[a-z0-9-]+):(?<account>[0-9]{12}):repository/", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex EcrResource();
}
