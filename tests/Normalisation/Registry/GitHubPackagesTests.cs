using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class GitHubPackagesTests
{
    private static readonly GitHubPackagesNormalizer Normalizer = new();

    private static readonly string Digest = Make.Digest('b');

    private static string Package(string root = "package") => $$"""
        {"action": "published", "{{root}}": {"name": "Cart", "package_type": "CONTAINER", "owner": {"login": "Acme"},
          "package_version": {"id": 57755790, "version": "{{Digest}}", "name": "{{Digest}}", "updated_at": "2026-03-22T09:00:00Z", "created_at": "0001-01-01T00:00:00Z",
            "container_metadata": {"tag": {"name": "4.2.1", "digest": "{{Digest}}"},
              "manifest": {"digest": "{{Digest}}", "media_type": "application/vnd.oci.image.index.v1+json"} },
            "package_url": "ghcr.io/Acme/Cart:4.2.1"} } }
        """;

    private static Notification Of(string body, string? instance = null) =>
        Make.Json(body, format: "github-packages", instance: instance, headers: new() { ["x-github-delivery"] = "d-1" });

    [Theory]
    [InlineData("package")]
    [InlineData("registry_package")]
    public void A_published_version_is_a_tag_ordered_by_its_id_and_time(string root)
    {
        Observation observation = Check.Single(Normalizer, Of(Package(root)));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "ghcr.io", RecordKind.RegistryTag, "ghcr.io/acme/cart:4.2.1"), observation.Record);
        Assert.Equal(new Revision("57755790", new DateTimeOffset(2026, 3, 22, 9, 0, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(("d-1", DigestKind.Index), (observation.MessageId, observation.Subjects[0].DigestKind));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /{root}/package_version/version
            tag-to-digest={Digest} /{root}/package_version/version
            repository=ghcr.io/acme/cart /{root}/package_version/package_url
            promotion-time=2026-03-22T09:00:00Z /{root}/package_version/updated_at
            active-tags=4.2.1 /{root}/package_version/container_metadata/tag/name
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void Without_a_tag_it_is_a_manifest()
    {
        string untagged = Package().Replace("\"name\": \"4.2.1\"", "\"name\": \"\"", StringComparison.Ordinal).Replace("Cart:4.2.1", "Cart:", StringComparison.Ordinal);

        Assert.Equal($"ghcr.io/acme/cart@{Digest}", Check.Single(Normalizer, Of(untagged)).Record.Id);
    }

    [Fact]
    public void Zero_times_are_absent_and_the_id_may_be_text()
    {
        string zero = Package().Replace("2026-03-22T09:00:00Z", "0001-01-01T00:00:00Z", StringComparison.Ordinal).Replace("57755790", "\"57755790\"", StringComparison.Ordinal);

        Assert.Equal(new Revision("57755790", null), Check.Single(Normalizer, Of(zero)).Revision);
    }

    [Fact]
    public void The_host_is_as_configured_first_and_ghcr_io_last()
    {
        Assert.Equal("containers.ghe.acme.test", Check.Single(Normalizer, Of(Package(), "containers.ghe.acme.test")).Record.Instance);
        string bare = Package().Replace("\"package_url\": \"ghcr.io/Acme/Cart:4.2.1\"", "\"x\": 1", StringComparison.Ordinal);
        Assert.Equal("ghcr.io/acme/cart:4.2.1", Check.Single(Normalizer, Of(bare)).Record.Id);
    }

    [Fact]
    public void A_version_that_is_a_tag_is_a_hint()
    {
        const string Older = """{"action": "published", "registry_package": {"name": "cart", "package_type": "docker", "owner": {"login": "acme"}, "package_version": {"id": 1, "version": "4.2.1"}}}""";

        Assert.Equal("ghcr.io/acme/cart:4.2.1", Check.Single<NormalisedItem.Hint>(Normalizer, Of(Older)).Target);
    }

    [Theory]
    [InlineData("\"package_type\": \"CONTAINER\"", "\"package_type\": \"npm\"", false)]
    [InlineData("\"container_metadata\"", "\"docker_metadata\"", false)]
    public void What_tells_an_image_is_the_container_metadata_or_the_type(string from, string to, bool irrelevant)
    {
        string body = Package().Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(irrelevant, Check.Items(Normalizer, Of(body))[0] is NormalisedItem.Irrelevant);
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(body
            .Replace("CONTAINER", "npm", StringComparison.Ordinal).Replace("\"container_metadata\"", "\"docker_metadata\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"zen": "Anything added dilutes everything else.", "hook_id": 1}""")]
    [InlineData("""{"action": "deleted", "package": {"package_type": "container", "package_version": {"version": "1"}}}""")]
    public void Pings_and_other_actions_are_irrelevant(string body) => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(body));

    [Theory]
    [InlineData("\"4.2.1\", \"digest\": \"sha256:b", "\"4.2.1\", \"digest\": \"sha256:c")]
    [InlineData("\"4.2.1\", \"digest\": \"sha256:b", "\"4.2.1\", \"digest\": \"sha256:")]
    [InlineData("\"version\": \"sha256:b", "\"version\": \"sha256:")]
    [InlineData("\"id\": 57755790", "\"id\": \"new\"")]
    [InlineData("\"id\": 57755790", "\"id\": 1, \"id\": 2")]
    [InlineData("\"name\": \"4.2.1\"", "\"name\": \"4.2.1\", \"name\": \"4.2.2\"")]
    [InlineData("\"name\": \"4.2.1\"", "\"name\": \"über\"")]
    [InlineData("ghcr.io/Acme/Cart:4.2.1", "ghcr.io/Acme/Cart_:4.2.1")]
    [InlineData("ghcr.io/Acme/Cart:4.2.1", "cart")]
    [InlineData("2026-03-22T09:00:00Z", "2026-03-22 09:00")]
    [InlineData("\"package_version\"", "\"version\"")]
    public void A_malformed_or_contradictory_identity_is_rejected(string from, string to)
    {
        string body = Package();
        Assert.Contains(from, body, StringComparison.Ordinal);
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(body.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Package()));
}
