using System.Text.Json;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Runtime;

public sealed class RatifyTests
{
    private static readonly RatifyNormalizer Normalizer = new(new RuntimeValidationOptions());

    private static readonly string Digest = Make.Digest('b');

    private static readonly string Signature = Make.Digest('c');

    private static string Report(string outcome = "\"isSuccess\":false", string type = "application/vnd.cncf.notary.signature") => $$"""
        {"subject":"registry.example/app@{{Digest}}","referenceDigest":"{{Signature}}","artifactType":"{{type}}",
         "verifierReports":[{"isSuccess":true,"name":"one"},{ {{outcome}},"name":"two"}],"nestedReports":[{"subject":"x"}]}
        """;

    private static string Result(string reports) => $$"""{"isSuccess":false,"verifierReports":[{{reports}}]}""";

    private static Notification Notify(string body) => Make.Json(body, Source.RuntimeValidation, "ratify", "prod-eu");

    [Fact]
    public void A_report_says_outcome_and_signature_golden()
    {
        Observation observation = Check.Single(Normalizer, Notify(Result(Report())));

        Assert.Equal(
            new SourceRecord(Source.RuntimeValidation, "prod-eu", RecordKind.AdmissionDecision, $"prod-eu/registry.example/app@{Digest}/{Signature}"), observation.Record);
        Assert.Equal(new Revision(null, null), observation.Revision);
        Assert.Equal(("registry.example/app", Digest), (observation.Subjects[0].Image!.ToString(), observation.Subjects[0].Digest!.Value.Text));
        Assert.Equal(
            $"""
            observed-envelope-id=manifest:{Signature} /verifierReports/0/referenceDigest
            admission-check=fail /verifierReports/0/verifierReports/1/isSuccess
            cluster-id=prod-eu /verifierReports/0
            """,
            observation.Lines());
    }

    [Theory]
    [InlineData("\"isSuccess\":true", "pass")]
    [InlineData("\"succeeded\":true", "pass")]
    [InlineData("\"succeeded\":false", "fail")]
    public void Both_versions_spell_the_outcome(string outcome, string expected) =>
        Assert.Equal(expected, Check.Single(Normalizer, Notify(Result(Report(outcome)).Replace("verifierReports\":[{\"subject", "artifactReports\":[{\"subject", StringComparison.Ordinal)))
            .Reading(Field.AdmissionCheck).Single);

    [Theory]
    [InlineData("time=2026-03-22T10:00:00.440640495Z level=info msg=verify result for subject SUBJECT: RESULT component-type=server\n")]
    [InlineData("time=\"2026-03-22T10:00:00.440640495Z\" level=info msg=\"verify result for subject SUBJECT: QUOTED\" component-type=server\n")]
    public void A_log_line_says_subject_and_time(string line)
    {
        string result = """
            {
              "verifierReports": [{"isSuccess": true, "name": "verifier-notation", "artifactType": "application/vnd.cncf.notary.signature"}]
            }
            """;
        string quoted = JsonSerializer.Serialize(result)[1..^1].Replace("\\u0022", "\\\"", StringComparison.Ordinal);
        string log = "time=x level=info msg=received\n" + line.Replace("SUBJECT", $"registry.example/app@{Digest}", StringComparison.Ordinal)
            .Replace("RESULT", result, StringComparison.Ordinal).Replace("QUOTED", quoted, StringComparison.Ordinal);

        Observation observation = Check.Single(Normalizer, Notify(log));

        Assert.Equal($"prod-eu/registry.example/app@{Digest}/verifier-notation", observation.Record.Id);
        Assert.Equal(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero).AddTicks(4406404), observation.Revision.Time);
        Assert.Equal("pass", observation.Reading(Field.AdmissionCheck).Single);
        Assert.Equal([new DecodeStep("", "verification-log")], observation.Reading(Field.ObservationTime).Place.Decode);
    }

    [Fact]
    public void The_provider_says_when_it_looked_and_once_called_the_list_nestedReports()
    {
        string result = Result(Report()).Insert(1, """ "version":"1.1.0","timestamp":"2026-03-22T10:00:00.25Z", """);
        string log = $"time=2026-03-22T10:00:09Z level=info msg=verify result for subject registry.example/app@{Digest}: {result}";

        Observation observation = Check.Single(Normalizer, Notify(result));

        Assert.Equal(new DateTimeOffset(2026, 3, 22, 10, 0, 0, 250, TimeSpan.Zero), observation.Revision.Time);
        Assert.Equal("/timestamp", observation.Reading(Field.ObservationTime).Place.Pointer);
        Assert.Equal(observation.Revision, Check.Single(Normalizer, Notify(log)).Revision);
        string older = Result(Report()).Replace("false,\"verifierReports\"", "false,\"nestedReports\"", StringComparison.Ordinal);
        Assert.NotEqual(Result(Report()), older);
        Assert.Equal(observation.Record, Check.Single(Normalizer, Notify(older)).Record);
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify(result.Replace("10:00:00.25Z", "ten", StringComparison.Ordinal)));
    }

    [Fact]
    public void Json_log_lines_external_data_and_quoted_members_hold_the_same_reports()
    {
        string message = JsonSerializer.Serialize($"verify result for subject registry.example/app@{Digest}: {Result(Report())}");
        string provider = $$$"""{"kind":"ProviderResponse","response":{"items":[{"key":"registry.example/app@{{{Digest}}}","value":{{{Result(Report())}}} }]} }""";

        string responses = $"{{\"errors\":[],\"responses\":[[\"registry.example/app@{Digest}\",{Result(Report())}]]}}";

        string[] ids = [.. new[] { $$"""{"level":"info","msg":{{message}}}""", provider, $"\"verifierReports\": [\n {Report()}\n ]", responses }
            .Select(body => Check.Single(Normalizer, Notify(body)).Record.Id)];

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public void What_says_nothing_of_a_signature_of_a_digest_says_why()
    {
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Notify(Result(Report(type: "application/spdx+json"))));
        Check.Single<NormalisedItem.Hint>(Normalizer, Notify(Result(Report().Replace("@" + Digest, ":v1", StringComparison.Ordinal))));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify(Result(Report().Replace(Digest, "sha256:123", StringComparison.Ordinal))));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify(Result(Report().Replace("\"subject\":\"registry", "\"subject\":\"x\",\"subject\":\"registry", StringComparison.Ordinal))));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify("""{"hello":1}"""));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify("level=info msg=nothing"));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Notify("msg=verify result for subject a@b: {broken"));
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Notify("""{"msg":"received request"}"""));
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Notify(Result($$"""{"subject":"registry.example/app@{{Digest}}","isSuccess":true,"name":"sbom"}""")));
        Assert.NotNull(Check.Single(Normalizer, Notify(Result(Report().Replace(Signature, "sha256:22222", StringComparison.Ordinal)))).Reading(Field.ObservedEnvelopeId).Unreadable);
    }

    [Fact]
    public void No_mutation_breaks_it()
    {
        Check.Totality(Normalizer, Notify(Result(Report())));
        Check.Totality(Normalizer, Notify($"time=2026-03-22T10:00:00Z msg=verify result for subject registry.example/app@{Digest}: {Result(Report())} x=y"));
        Check.Totality(Normalizer, Notify($"time=2026-03-22T10:00:00Z msg=\"verify result for subject registry.example/app@{Digest}: {JsonSerializer.Serialize(Result(Report()))[1..^1]}\" x=y"));
    }
}
