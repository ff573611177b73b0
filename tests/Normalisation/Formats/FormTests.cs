using System.Text;
using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Formats;

/// <summary>Webhooks that come as a form with the JSON in its field <c>payload</c>, which is GitHub's default.</summary>
public sealed class FormTests
{
    private static readonly string Digest = Make.Digest('b');

    private static string Package => $$"""
        {"action": "published", "package": {"name": "cart", "package_type": "CONTAINER", "owner": {"login": "acme"},
          "package_version": {"id": 7, "version": "{{Digest}}", "updated_at": "2026-03-22T09:00:00+00:00", "container_metadata": {"tag": {"name": "4.2.1"} } } } }
        """;

    private static string Form(string json) => string.Join('+', Uri.EscapeDataString(json).Split("%20"));

    private static IReadOnlyList<NormalisedItem> Read(INormalizer normalizer, string body) =>
        Check.Items(normalizer, Make.Bytes(Encoding.UTF8.GetBytes(body), normalizer.Source, normalizer.Format));

    [Theory]
    [InlineData("payload={0}")]
    [InlineData("a_b=1&payload={0}&c=2")]
    public void The_payload_is_read_and_places_say_how(string form)
    {
        var normalizer = new GitHubPackagesNormalizer();
        Notification notification = Make.Json(form.Replace("{0}", Form(Package), StringComparison.Ordinal), format: "github-packages");

        Observation observation = Check.Single(normalizer, notification);

        Assert.Equal("ghcr.io/acme/cart:4.2.1", observation.Record.Id);
        Place place = observation.Reading(Field.ManifestDigest).Place;
        Assert.Equal(new DecodeStep("", "form"), Assert.Single(place.Decode));
        Assert.Equal("/package/package_version/version", place.Pointer);
        Check.Totality(normalizer, notification, rounds: 600);
    }

    [Fact]
    public void Change_records_of_GitHub_and_Gitea_come_so_too()
    {
        IReadOnlyList<INormalizer> formats = ChangeSnapshotFormats.All(FieldMappings.Default);
        string deployment = $$"""{"action": "created", "deployment": {"id": 77, "payload": {"artifact_image": "registry.acme.test/cart:4.2.1", "artifact_digest": "{{Digest}}"} } }""";

        Assert.Equal("deployment/77", Assert.IsType<NormalisedItem.Observed>(Assert.Single(
            Read(formats.Single(f => f.Format == "github"), "payload=" + Form(deployment)))).Observation.Record.Id);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(
            Read(formats.Single(f => f.Format == "gitea"), "payload=" + Form("""{"action": "opened", "repository": {}}"""))));
    }

    [Theory]
    [InlineData("payload=")]
    [InlineData("payload=%7B")]
    [InlineData("payload=%")]
    [InlineData("other=%7B%7D")]
    [InlineData("{\"a\": 1}&payload=%7B%7D")]
    public void A_form_without_a_document_is_rejected(string body) =>
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Read(new GitHubPackagesNormalizer(), body)));
}
