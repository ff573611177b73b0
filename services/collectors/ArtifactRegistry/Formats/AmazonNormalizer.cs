using System.Text.RegularExpressions;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>aws-ecr</c>: events of Amazon ECR as EventBridge delivers them ("Amazon ECR events and EventBridge"): image actions,
/// and the arrival of an image by replication or by the pull-through cache. Everything else says nothing about tags. What SNS and
/// SQS wrap around an event, and Lambda around both, is taken off.
/// </summary>
public sealed partial class AmazonNormalizer : DocumentNormalizer
{
    // Records of Lambda, in one a message of SQS, in it one of SNS, in it an event; each may be a list.
    private const int MostWrappers = 6;

    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "aws-ecr";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items) => Unwrap(document.Root, items, MostWrappers);

    private static void Unwrap(Node e, Items items, int wrappers)
    {
        if (e.Failure is not null || e.IsAmbiguous || wrappers == 0)
        {
            items.Add(e.Failure ?? e.Reject(e.IsAmbiguous ? "stated more than once" : "events are wrapped in more layers than any sender uses"));
        }
        else if (e.Kind == NodeKind.Array || e["Records"].Kind == NodeKind.Array)
        {
            foreach (Node item in e.Kind == NodeKind.Array ? e.Items : e["Records"].Items)
            {
                Unwrap(item, items, wrappers - 1);
            }
        }
        else if (e["Sns"].Kind == NodeKind.Object)
        {
            Unwrap(e["Sns"], items, wrappers - 1);
        }
        else if (e["messageId"].Exists && e["body"].Exists)
        {
            Unwrap(e["body"].Kind == NodeKind.String ? e["body"].DecodeJson() : e["body"], items, wrappers - 1);
        }
        else if (e["TopicArn"].Exists && e["Type"].String != "Notification")
        {
            items.Add(new NormalisedItem.Irrelevant("a question of SNS, which asks the endpoint and not the registry"));
        }
        else if (e["TopicArn"].Exists)
        {
            Unwrap(e["Message"].DecodeJson(), items, wrappers - 1);
        }
        else
        {
            items.Add(ReadEvent(e, items));
        }
    }

    private static NormalisedItem ReadEvent(Node e, Items items)
    {
        Node detail = e["detail"];
        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(e, "id", "time", "detail-type", "source", "account", "region", "resources", "detail")
            ?? RegistryMembers.FindDuplicate(detail, "result", "sync-status", "repository-name", "image-digest", "action-type", "image-tag");
        if (twice is not null)
        {
            return twice;
        }

        if (e["detail-type"].String is not { Length: > 0 } type)
        {
            return e["detail-type"].Reject("detail-type is missing: not an event of EventBridge");
        }

        // The grammar first, whatever the event is about: a digest that is none is quarantined (FORMATS 1.1).
        if (detail["image-digest"].HasValue && !Digest.TryParse(detail["image-digest"].Text, out _))
        {
            return detail["image-digest"].Reject(RegistryMembers.NotADigest);
        }

        return e["source"].String == "aws.ecr"
            ? type switch
            {
                "ECR Image Action" => ReadAction(e, detail, items),
                "ECR Replication Action" => ReadReplica(e, detail, items),
                "ECR Pull Through Cache Action" => Succeeded(detail["sync-status"])
                    ? ReadArrival(e, detail, HostOf(e), withdrawn: false, items)
                    : new NormalisedItem.Irrelevant("a cache rule that fetched nothing"),
                "ECR Referrer Action" or "ECR Artifact Action" => new NormalisedItem.Irrelevant("something attached to an image, and no image"),
                "ECR Image Scan" or "ECR Scan Resource Change" => new NormalisedItem.Irrelevant("a scan, which says nothing about identity"),
                "AWS API Call via CloudTrail" => new NormalisedItem.Irrelevant("a call of the API: what it did to an image ECR tells by itself"),
                _ => new NormalisedItem.Irrelevant("an event type of ECR that says nothing about tags or manifests"),
            }
            : new NormalisedItem.Irrelevant("an event of another service than ECR");
    }

    private static NormalisedItem ReadAction(Node e, Node detail, Items items)
    {
        string? action = detail["action-type"].String?.ToUpperInvariant();
        return action is null or "" ? detail["action-type"].Reject("action-type is missing")
            : action is not ("PUSH" or "DELETE") ? new NormalisedItem.Irrelevant("an action other than push and delete")
            : Succeeded(detail["result"]) ? ReadArrival(e, detail, HostOf(e), withdrawn: action == "DELETE", items)
            : new NormalisedItem.Irrelevant("an action that failed");
    }

    /// <summary>The event comes from the registry that was copied from; where to, only its resource says.</summary>
    private static NormalisedItem ReadReplica(Node e, Node detail, Items items)
    {
        if (!Succeeded(detail["result"]))
        {
            return new NormalisedItem.Irrelevant("a replication that failed");
        }

        Match destination = RepositoryArn().Match(e["resources"].Items.Count == 1 ? e["resources"][0].String ?? "" : "");
        return destination.Success
            ? ReadArrival(e, detail, HostOf(destination.Groups["account"].Value, destination.Groups["region"].Value), withdrawn: false, items)
            : e["resources"].Reject("a replication whose resources are not the one repository that it arrived in");
    }

    private static NormalisedItem ReadArrival(Node e, Node detail, string? host, bool withdrawn, Items items)
    {
        Node repository = detail["repository-name"];
        Match arn = RepositoryArn().Match(repository.String ?? "");
        DigestKind? kind = detail["manifest-media-type"].Value is { } mediaType ? ManifestMediaTypes.KindOf(mediaType) : DigestKind.Unknown;
        return new RegistryEvent
        {
            DigestNode = detail["image-digest"],
            Kind = kind ?? DigestKind.Unknown,
            Host = host,
            HostNode = e["account"],
            Repository = repository,
            Path = arn.Success ? arn.Groups["repository"].Value : null,
            Tag = detail["image-tag"],
            Time = e["time"],
            Withdrawn = withdrawn,
            MessageId = e["id"].Value is { } id ? $"{e["source"].String} {id}" : null,
            Pointer = e.Pointer,
        }.ToItem(items);
    }

    private static bool Succeeded(Node result) => !result.HasValue || string.Equals(result.String, "SUCCESS", StringComparison.OrdinalIgnoreCase);

    private static string? HostOf(Node e) => HostOf(e["account"].Text ?? "", e["region"].String ?? "");

    /// <summary>Every private registry is at <c>account.dkr.ecr.region.amazonaws.com</c>; China has a domain of its own.</summary>
    private static string? HostOf(string account, string region) => Account().IsMatch(account) && Region().IsMatch(region)
        ? $"{account}.dkr.ecr.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}"
        : null;

    [GeneratedRegex("^[0-9]{12}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Account();

    [GeneratedRegex("^[a-z0-9-]{2,25}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Region();

    [GeneratedRegex("^arn:aws[a-z-]*:ecr:(?<region>[a-z0-9-]{2,25}):(?<account>[0-9]{12}):repository/(?<repository>.+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RepositoryArn();
}
