using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// Webhooks of Harbor (<c>configure-webhooks.md</c>) in the default and the CloudEvents shape, with current and legacy
/// type names, and the artifact list of its API, which a resync reads. Each resource is one item.
/// </summary>
public sealed class HarborNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "harbor";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        if (root.Kind == NodeKind.Array || (root["digest"].Exists && root["repository_id"].Exists))
        {
            HarborArtifactList.Read(document, items);
            return;
        }

        HarborEvent? harbor = HarborEvent.Read(root, out NormalisedItem.Rejected? refused);
        if (harbor is null)
        {
            items.Add(refused!);
            return;
        }

        switch (harbor.Kind)
        {
            case HarborEventKind.Push or HarborEventKind.Delete:
                foreach (Node resource in harbor.Resources)
                {
                    items.Add(DigestProblem(resource) ?? ReadResource(harbor, resource, items));
                }

                if (items.Count == 0)
                {
                    items.Reject(harbor.Data["resources"], "resources names no artifact");
                }

                break;
            case HarborEventKind.Retention:
                HarborHints.ReadRetention(harbor, items);
                break;
            case HarborEventKind.Replication:
                HarborHints.ReadReplication(harbor, items);
                break;
            default:
                foreach (Node resource in harbor.Resources)
                {
                    items.Add((NormalisedItem?)DigestProblem(resource) ?? new NormalisedItem.Irrelevant(harbor.WhyIrrelevant));
                }

                if (items.Count == 0)
                {
                    items.Add(new NormalisedItem.Irrelevant(harbor.WhyIrrelevant));
                }

                break;
        }
    }

    /// <summary>The grammar first, whatever the event is about (FORMATS 1.1): Harbor's own test event has 23 digits.</summary>
    private static NormalisedItem.Rejected? DigestProblem(Node resource)
    {
        if (RegistryMembers.FindDuplicate(resource, "digest", "tag", "resource_url") is { } twice)
        {
            return twice;
        }

        Node digest = resource["digest"];
        return digest.HasValue && !Digest.TryParse(digest.Text, out _) ? digest.Reject(RegistryMembers.NotADigest) : null;
    }

    private static NormalisedItem ReadResource(HarborEvent harbor, Node resource, Items items)
    {
        string? url = resource["resource_url"].Value;
        string? host = RegistryHost.Canonical(items.Notification.Instance)
            ?? (url?.Contains('/', StringComparison.Ordinal) == true ? RegistryHost.Canonical(url) : null);
        if (host is null)
        {
            return resource["resource_url"].Reject(RegistryMembers.NoHost);
        }

        Digest? digest = Digest.TryParse(resource["digest"].Text, out Digest parsed) ? parsed : null;
        Node tag = resource["tag"];
        if (Digest.TryParse(tag.Text, out Digest named))
        {
            // Harbor puts the digest where the tag would be when there is none.
            if (digest is not null && named != digest)
            {
                return tag.Reject("tag is a digest, and not the one that digest states");
            }

            tag = resource["no tag"];
        }

        bool delete = harbor.Kind == HarborEventKind.Delete;
        if (delete && digest is not null)
        {
            // The whole artifact goes, with every tag of it; the tag that is named is only the first one.
            tag = resource["no tag"];
        }

        if (RegistryMembers.ReadImage(host, harbor.Repository, tag, out ImageReference? image) is { } refused)
        {
            return refused;
        }

        if (harbor.Occurred.Unreadable is { } unreadable)
        {
            return harbor.Time.Reject(unreadable);
        }

        if (digest is null && (image!.Tag is null || !delete))
        {
            return image!.Tag is null
                ? resource["digest"].Reject("the resource names neither digest nor tag")
                : new NormalisedItem.Hint("a push that states no digest", host, image.ToString());
        }

        return new NormalisedItem.Observed(new RegistryFact
        {
            Image = image!,
            Repository = harbor.Repository,
            Tag = tag,
            Digest = digest,
            DigestNode = resource["digest"],
            Time = harbor.Time,
            TimeFormats = HarborEvent.TimeSpellings,
            OccurredAt = harbor.Occurred.Utc,
            Withdrawn = delete,
            MessageId = MessageId(harbor, image!, digest),
            RecordPointer = resource.Pointer,
        }.ToObservation(host, items.NextLineage));
    }

    /// <summary>
    /// The default shape has no id, and in the CloudEvents shape two policies of one project give one fact two ids: so
    /// the key is a hash of what is said (FORMATS section 7), the same in both shapes.
    /// </summary>
    private static string MessageId(HarborEvent harbor, ImageReference image, Digest? digest)
    {
        string time = harbor.Occurred.Utc is { } utc ? Times.Text(utc) : "";
        string fact = string.Join('\n', harbor.Kind, time, image, digest?.Text);
        return "harbor-sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fact)));
    }
}
