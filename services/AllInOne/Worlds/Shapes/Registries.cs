using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>
/// The registries of the world in the shapes of their notifications: CNCF Distribution, Harbor's two, ECR, ACR's three, Artifact
/// Registry, GitHub, Artifactory, Alibaba Cloud, image layouts, CDEvents, our own event, and Docker Hub's and Quay's, which name no digest.
/// </summary>
internal static class Registries
{
    private const string Own = "registry.acme.example";

    public static IReadOnlyList<RegistryShape> All { get; } =
    [
        new(Own, "shop", "distribution", Distribution) { ListsChildren = true, Deleted = p => Event(p, "delete", $$"""{"digest":"{{p.Digest}}","repository":"{{p.Image.Repository}}"}""") },
        new("harbor.acme.example", "shop", "harbor", p => Harbor(p, "PUSH_ARTIFACT")) { Deleted = p => Harbor(p, "DELETE_ARTIFACT") },
        new("harbor.acme.example", "shop", "harbor", p => HarborEvent(p, "harbor.artifact.pushed")) { Deleted = p => HarborEvent(p, "harbor.artifact.deleted") },
        new("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "shop", "aws-ecr", p => Amazon(p, "PUSH")) { Deleted = p => Amazon(p, "DELETE") },
        new("acme.azurecr.io", "shop", "azure-acr", p => Azure(p, "push")) { Deleted = p => Azure(p, "delete") },
        new("acme.azurecr.io", "shop", "azure-acr", p => $$"""[{"id":"{{p.Id}}","topic":"/subscriptions/1/registries/acme","subject":"{{p.Image.Repository}}:{{p.Image.Tag}}","eventType":"Microsoft.ContainerRegistry.ImagePushed","eventTime":"{{p.Stated.Text()}}","data":{{Azure(p, "push")}},"dataVersion":"1.0","metadataVersion":"1"}]"""),
        new("acme.azurecr.io", "shop", "azure-acr", p => $$"""[{"specversion":"1.0","id":"{{p.Id}}","source":"/subscriptions/1/registries/acme","subject":"{{p.Image.Repository}}:{{p.Image.Tag}}","type":"Microsoft.ContainerRegistry.ImagePushed","time":"{{p.Stated.Text()}}","data":{{Azure(p, "push")}}}]"""),
        new("europe-docker.pkg.dev", "acme-prod/shop", "google-gar", p => Google(p, "INSERT")) { Deleted = p => Google(p, "DELETE") },
        new("ghcr.io", "acme", "github-packages", GitHub) { IsNumbered = true },
        new("acme.jfrog.io", "docker-prod", "jfrog", JFrog) { IsDated = false },
        new("registry.cn-hangzhou.aliyuncs.com", "shop", "aliyun-acr", Alibaba),
        new(Own, "shop", "oci-layout", OciLayouts.Index) { IsDated = false, Beside = OciLayouts.Itself },
        new(Own, "shop", "cdevents", CdEvent),
        new(Own, "shop", "cloudevents", OwnEvent) { ListsChildren = true },
        new("docker.io", "acme", "docker-hub", p => $$$"""{"callback_url":"https://registry.hub.docker.com/u/acme/hook/{{{p.Id}}}","push_data":{"pushed_at":{{{p.Stated.Epoch()}}},"pusher":"release-bot","tag":"{{{p.Image.Tag}}}"},"repository":{"name":"{{{p.Name}}}","namespace":"{{{p.Project}}}","repo_name":"{{{p.Image.Repository}}}","status":"Active"}}""") { NamesDigests = false },
        new("quay.io", "acme", "quay", p => $$"""{"name":"{{p.Name}}","repository":"{{p.Image.Repository}}","namespace":"{{p.Project}}","docker_url":"quay.io/{{p.Image.Repository}}","homepage":"https://quay.io/repository/{{p.Image.Repository}}","updated_tags":["{{p.Image.Tag}}"]}""") { NamesDigests = false },
    ];

    /// <summary>The answer to a <c>HEAD</c> of a tag, as a resync reads it: where the tag leads now, and not since when.</summary>
    public static Message Head(Push push, DateTimeOffset readAt) =>
        new Message("oci-distribution", [], new Dictionary<string, string>(), [RegistryShape.Tag(push, readAt, children: false, dated: false) with { At = readAt }])
            .With("content-location", Address(push.Image, push.Image.Tag!))
            .With("docker-content-digest", push.Built.Digest.Text)
            .With("content-type", push.Built.MediaType)
            .With("date", readAt.ToString("r"));

    /// <summary>The manifest or index itself, read by its digest: what proves an index's children.</summary>
    public static Message Document(Push push, DateTimeOffset readAt) =>
        new Message("oci-distribution", push.Built.Document, new Dictionary<string, string>(),
            [
                new Statement
                {
                    Source = Source.ArtifactRegistry,
                    Instance = push.Image.Registry,
                    Kind = RecordKind.RegistryManifest,
                    Record = push.Built.Digest.Text,
                    At = readAt,
                    Time = readAt,
                    Image = push.Image with { Tag = null },
                    Digest = push.Built.Digest,
                    Children = push.Built.Children,
                },
            ])
            .With("content-location", Address(push.Image, push.Built.Digest.Text))
            .With("date", readAt.ToString("r"));

    /// <summary>The registry's word that it has no such tag.</summary>
    public static Message Gone(Push push, DateTimeOffset readAt) =>
        Message.Of(
            "oci-distribution", """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}""",
            RegistryShape.Tag(push, readAt, children: false, dated: false) with { At = readAt, Digest = null, Withdrawn = true, Fields = new Dictionary<Field, IReadOnlyList<string>>() })
            .With("content-location", Address(push.Image, push.Image.Tag!))
            .With("date", readAt.ToString("r"));

    /// <summary>Harbor's list of artifacts, as a resync reads it: it knows since when a tag leads there.</summary>
    public static Message HarborList(Push push) =>
        Message.Of(
            "harbor",
            $$"""[{"digest":"{{push.Built.Digest}}","manifest_media_type":"{{push.Built.MediaType}}","push_time":"{{push.Stated.Text()}}","references":[{{string.Join(',', push.Built.Children.Select(c => $$"""{"child_digest":"{{c}}","parent_id":1}"""))}}],"tags":[{"id":7,"name":"{{push.Image.Tag}}","push_time":"{{push.Stated.Text()}}"}]}]""",
            RegistryShape.Tag(push, push.Stated, children: true, dated: true))
            .With("content-location", $"https://{push.Image.Registry}/api/v2.0/projects/{push.Project}/repositories/{push.Name}/artifacts?page=1");

    private static string Address(ImageReference image, string reference) => $"https://{image.Registry}/v2/{image.Repository}/manifests/{reference}";

    private static string Digest(Push p, string member = "digest") => p.Digest is null ? "" : $"\"{member}\":\"{p.Digest}\",";

    private static string Distribution(Push p)
    {
        string references = string.Join(',', p.Built.Children.Select(c => $$"""{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{c}}","size":7143}"""));
        string target = $$"""{"mediaType":"{{p.Built.MediaType}}",{{Digest(p)}}"repository":"{{p.Image.Repository}}","tag":"{{p.Image.Tag}}","references":[{{references}}]}""";
        return Event(p, "push", target);
    }

    private static string Event(Push p, string action, string target) =>
        $$$"""{"events":[{"id":"{{{p.Id}}}-1","timestamp":"{{{p.Stated.Text()}}}","action":"push","target":{"mediaType":"application/octet-stream","digest":"sha256:{{{p.Built.Digest.Hex()}}}","repository":"{{{p.Image.Repository}}}"},"request":{"host":"{{{p.Image.Registry}}}"}},{"id":"{{{p.Id}}}","timestamp":"{{{p.Stated.Text()}}}","action":"{{{action}}}","target":{{{target}}},"request":{"id":"{{{p.Id}}}","host":"{{{p.Image.Registry}}}","method":"PUT"}}]}""";

    private static string HarborData(Push p) =>
        $$$"""{"resources":[{{{{Digest(p)}}}"tag":"{{{p.Image.Tag}}}","resource_url":"{{{p.Image}}}"}],"repository":{"date_created":1742600000,"name":"{{{p.Name}}}","namespace":"{{{p.Project}}}","repo_full_name":"{{{p.Image.Repository}}}","repo_type":"private"}}""";

    private static string Harbor(Push p, string type) => $$"""{"type":"{{type}}","occur_at":{{p.Stated.Epoch()}},"operator":"release-bot","event_data":{{HarborData(p)}}}""";

    private static string HarborEvent(Push p, string type) => $$"""{"specversion":"1.0","id":"{{p.Id}}","source":"/projects/1/webhook/policies/2","type":"{{type}}","datacontenttype":"application/json","time":"{{p.Stated.Text()}}","data":{{HarborData(p)}},"operator":"release-bot"}""";

    private static string Amazon(Push p, string action) => $$$"""{"version":"0","id":"{{{p.Id}}}","detail-type":"ECR Image Action","source":"aws.ecr","account":"123456789012","time":"{{{p.Stated.Text()}}}","region":"eu-west-1","resources":[],"detail":{"result":"SUCCESS","repository-name":"{{{p.Image.Repository}}}",{{{Digest(p, "image-digest")}}}"action-type":"{{{action}}}"{{{(action == "PUSH" ? $",\"image-tag\":\"{p.Image.Tag}\"" : "")}}}}}""";

    private static string Azure(Push p, string action) => $$$"""{"id":"{{{p.Id}}}","timestamp":"{{{p.Stated.Text()}}}","action":"{{{action}}}","target":{"mediaType":"{{{p.Built.MediaType}}}","size":524,{{{Digest(p)}}}"length":524,"repository":"{{{p.Image.Repository}}}","tag":"{{{p.Image.Tag}}}"},"request":{"id":"{{{p.Id}}}","host":"{{{p.Image.Registry}}}","method":"PUT","useragent":"containerd/2"}}""";

    private static string Google(Push p, string action)
    {
        string digest = p.Digest is null ? "" : $",\"digest\":\"{p.Image.Coordinates}@{p.Digest}\"";
        string tag = action == "INSERT" ? $",\"tag\":\"{p.Image}\"" : "";
        return $$"""{"message":{"data":"{{$$"""{"action":"{{action}}"{{digest}}{{tag}}}""".Base64()}}","messageId":"{{p.Serial}}","publishTime":"{{p.Stated.Text()}}"},"subscription":"projects/acme/subscriptions/gcr"}""";
    }

    private static string GitHub(Push p)
    {
        string version = p.Digest is null ? "" : $"\"version\":\"{p.Digest}\",";
        return $$$"""{"action":"published","registry_package":{"id":11,"name":"{{{p.Name}}}","ecosystem":"CONTAINER","package_type":"CONTAINER","owner":{"login":"{{{p.Project}}}"},"package_version":{"id":{{{p.Serial}}},{{{version}}}"container_metadata":{"tag":{"name":"{{{p.Image.Tag}}}","digest":"{{{p.Digest}}}"},"manifest":{"digest":"{{{p.Digest}}}","media_type":"{{{p.Built.MediaType}}}"}},"package_url":"{{{p.Image}}}","created_at":"{{{p.Stated.Text()}}}","updated_at":"{{{p.Stated.Text()}}}"}},"repository":{"full_name":"acme/{{{p.Name}}}"}}""";
    }

    private static string JFrog(Push p)
    {
        string file = p.Built.IsIndex ? "list.manifest.json" : "manifest.json";
        string digest = p.Digest is null ? "" : $"\"sha256\":\"{p.Digest[(p.Digest.IndexOf(':', StringComparison.Ordinal) + 1)..]}\",";
        return $$"""{"domain":"docker","event_type":"pushed","data":{"repo_key":"{{p.Project}}","path":"{{p.Name}}/{{p.Image.Tag}}/{{file}}","name":"{{file}}",{{digest}}"size":1189,"image_name":"{{p.Name}}","tag":"{{p.Image.Tag}}"},"subscription_key":"release-integrity","jpd_origin":"https://{{p.Image.Registry}}","source":"release-bot"}""";
    }

    private static string Alibaba(Push p) => $$$"""{"push_data":{{{{Digest(p)}}}"pushed_at":"{{{p.Stated.Spaced()}}}","tag":"{{{p.Image.Tag}}}"},"repository":{"date_created":"2025-11-02 08:00:00","name":"{{{p.Name}}}","namespace":"{{{p.Project}}}","region":"cn-hangzhou","repo_authentication_type":"NO_CERTIFIED","repo_full_name":"{{{p.Image.Repository}}}","repo_type":"PRIVATE"}}""";

    private static string CdEvent(Push p) => $$$$"""{"context":{"version":"0.4.1","id":"{{{{p.Id}}}}","source":"https://{{{{p.Image.Registry}}}}/","type":"dev.cdevents.artifact.published.0.2.0","timestamp":"{{{{p.Stated.Text()}}}}"},"subject":{"id":"{{{{(p.Digest is null ? p.Image.ToString() : Spelling.PackageUrl(p.Image, p.Digest))}}}}","source":"https://{{{{p.Image.Registry}}}}/","type":"artifact","content":{}}}""";

    private static string OwnEvent(Push p) => $$$"""{"specversion":"1.0","id":"{{{p.Id}}}","source":"https://{{{p.Image.Registry}}}","type":"dev.releaseintegrity.artifact-registry.observed.v1","time":"{{{p.Stated.Text()}}}","datacontenttype":"application/json","data":{"image":"{{{p.Image}}}",{{{Digest(p)}}}"digestKind":"{{{(p.Built.IsIndex ? "index" : "manifest")}}}"{{{(p.Built.IsIndex ? $",\"children\":[{string.Join(',', p.Built.Children.Select(c => $"\"{c}\""))}]" : "")}}}}}""";
}
