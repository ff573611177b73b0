using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;
using ReleaseIntegrity.Tests.Normalisation.Ledger;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

/// <summary><c>cdevents</c> of the runtime and of the signature ledger.</summary>
public sealed class ServiceEventsTests
{
    private static readonly ServiceEventsNormalizer Normalizer = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private static readonly string Artifact = $"pkg:oci/app@sha256%3A{Digest[7..]}?repository_url=registry.example%2Fapp&tag=1";

    private static string Event(string type, string content, string id = "svc") => $$"""
        {"context":{"version":"0.4.1","id":"e-1","source":"https://ci.example/x","type":"dev.cdevents.{{type}}.0.2.0","timestamp":"2026-03-22T10:00:00Z"},
         "subject":{"id":"{{id}}","content":{{content}} } }
        """;

    private static string Deployed(string artifact) => $$$"""{"environment":{"id":"prod"},"artifactId":"{{{artifact}}}"}""";

    private static Notification Notify(string body, string? instance = null, Source source = Source.RuntimeValidation, Dictionary<string, string>? headers = null) =>
        Make.Json(body, source, "cdevents", instance, headers);

    [Theory]
    [InlineData("service.deployed")]
    [InlineData("service.upgraded")]
    [InlineData("service.rolledback")]
    public void A_service_in_its_environment_runs_the_artifact_golden(string type)
    {
        Observation observation = Check.Single(Normalizer, Notify(Event(type, Deployed(Artifact))));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod", RecordKind.Container, "prod/prod/svc"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(("registry.example/app:1", Digest, false), (observation.Subjects[0].Image!.ToString(), observation.Subjects[0].Digest!.Value.Text, observation.Withdrawn));
        Assert.Equal(
            $"""
            observed-digest={Digest} /subject/content/artifactId
            cluster-id=prod /subject/content/environment/id
            observation-time=2026-03-22T10:00:00Z /context/timestamp
            """,
            observation.Lines());
    }

    [Fact]
    public void A_removed_service_withdraws_the_same_record()
    {
        Observation removed = Check.Single(Normalizer, Notify(Event("service.removed", """{"environment":{"id":"prod"}}""")));

        Assert.True(removed.Withdrawn);
        Assert.Equal(Check.Single(Normalizer, Notify(Event("service.deployed", Deployed(Artifact)))).Record, removed.Record);
    }

    [Fact]
    public void The_cluster_is_configured_or_a_header_before_it_is_the_environment()
    {
        string body = Event("service.deployed", Deployed(Artifact));

        Assert.Equal("eu", Check.Single(Normalizer, Notify(body, "eu")).Record.Instance);
        Assert.Equal("us", Check.Single(Normalizer, Notify(body, headers: new() { ["x-cluster-id"] = "us" })).Reading(Field.ClusterId).Single);
    }

    [Theory]
    [InlineData("service.deployed", """{"environment":{"id":"prod"},"artifactId":"pkg:golang/x@1"}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("service.deployed", """{"environment":{"id":"prod"},"artifactId":"registry.example/app:1"}""", typeof(NormalisedItem.Hint))]
    [InlineData("service.deployed", """{"environment":{"id":"prod"},"artifactId":"pkg:oci/app@sha256%3A12"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("service.deployed", """{"environment":{"id":"prod"}}""", typeof(NormalisedItem.Hint))]
    [InlineData("service.deployed", """{"artifactId":"x"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("service.deployed", """{"environment":{"id":"a","id":"b"},"artifactId":"x"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("service.published", "{}", typeof(NormalisedItem.Irrelevant))]
    [InlineData("build.finished", "{}", typeof(NormalisedItem.Irrelevant))]
    public void What_names_no_running_digest_says_why(string type, string content, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Notify(Event(type, content)))));

    [Fact]
    public void A_signed_artifact_is_a_ledger_entry_known_by_its_signature_golden()
    {
        string body = Event("artifact.signed", """{"signature":"AQID"}""", Artifact);

        Observation observation = Assert.IsType<NormalisedItem.Observed>(Assert.Single(LedgerTest.Normalise(Notify(body, source: Source.SignatureLedger)))).Observation;

        string id = "signature-sha256:" + LedgerData.Sha256([1, 2, 3]);
        Assert.Equal(
            $"""
            record signature-ledger ci.example ledger-entry {id}
            revision  2026-03-22T10:00:00Z
            signed 2026-03-22T10:00:00Z, predicate -, pointer ''
            message https://ci.example/x e-1
            subject registry.example/app:1 {Digest} at /subject/id
            signature-envelope-id [{id}] at /subject/content/signature(base64)(sha256)
            """,
            LedgerTest.Describe(observation));
    }

    [Theory]
    [InlineData("artifact.signed", "{}", "pkg:oci/app@sha256%3Abbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", typeof(NormalisedItem.Rejected))]
    [InlineData("artifact.signed", """{"signature":"AQID"}""", "pkg:oci/app@sha256%3A12", typeof(NormalisedItem.Rejected))]
    [InlineData("artifact.signed", """{"signature":"AQID"}""", "pkg:golang/app@12", typeof(NormalisedItem.Irrelevant))]
    [InlineData("artifact.signed", """{"signature":"AQID"}""", "registry.example/app:1", typeof(NormalisedItem.Hint))]
    [InlineData("artifact.published", "{}", "registry.example/app:1", typeof(NormalisedItem.Irrelevant))]
    public void What_is_no_signature_of_a_digest_says_why(string type, string content, string id, Type expected) =>
        Assert.IsType(expected, Assert.Single(LedgerTest.Normalise(Notify(Event(type, content, id), source: Source.SignatureLedger))));

    [Fact]
    public void No_mutation_breaks_them()
    {
        Check.Totality(Normalizer, Notify(Event("service.deployed", Deployed(Artifact))));
        Check.Totality(LedgerTest.Normalizer("cdevents"), Notify(Event("artifact.signed", """{"signature":"AQID"}""", Artifact), source: Source.SignatureLedger));
    }
}
