using System.Text;
using ReleaseIntegrity.Collectors.Formats.CloudEvents;

namespace ReleaseIntegrity.Tests.Normalisation.CloudEvents;

public sealed class CloudEventsTests
{
    private static readonly string A = Make.Digest('a');

    internal static readonly Dictionary<Source, string> Examples = new()
    {
        [Source.ArtifactRegistry] = $$"""
            {"time":"2026-03-22T10:00:00.5+01:00","image":{"registry":"Registry.example","repository":"team/app","tag":"rel-1"},"digest":"{{A}}","digestKind":"index",
             "children":["{{Make.Digest('c')}}","{{Make.Digest('b')}}"],"fields":{"release-train":"train-7","active-tags":["rel-1","latest"]} }
            """,
        [Source.SignatureLedger] = $$"""
            {"logId":"C0FFEE","leafHash":"{{new string('1', 64)}}","revision":"27246492","time":"2026-03-22T10:01:00Z","predicateType":"https://slsa.dev/provenance/v1",
             "subjects":[{"image":"registry.example/team/app:rel-1","digest":"{{A}}"},{"digest":"{{Make.Digest('b')}}"}],
             "fields":{"signature-envelope-id":["rekor:{{new string('1', 64)}}"],"signer-key-id":"kms-1","certificate-fingerprint":"{{string.Join(':', Enumerable.Repeat("AB", 32))}}"} }
            """,
        [Source.ChangeSnapshot] = $$"""
            {"instance":"change.example","record":{"id":"c0ffee00"},"revision":12,"time":"2026-03-22T09:00:00Z","image":"registry.example/team/app:rel-1","digest":"{{A}}","approval":"approved",
             "fields":{"release-train":"train-7","release-window":"CW-12","exception-notes":"","exception-bindings":["EX-2","EX-1"],"approval-time":"2026-03-22T08:00:00Z","reviewer-state":"Scheduled"} }
            """,
        [Source.RuntimeValidation] = $$"""
            {"cluster":"prod-1","podUid":"u-1","container":"app","revision":9007199254740993,"time":"2026-03-22T10:05:00Z","image":"registry.example/team/app:rel-1","digest":"{{A}}",
             "fields":{"admission-check":"pass","observed-envelope-id":"dsse-sha256:{{new string('2', 64)}}"} }
            """,
    };

    internal static string Event(Source source, string data, string? type = null, string id = "e-1") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"https://sender.example/x","type":"{{type ?? CloudEventsNormalizer.ObservedType(source)}}","time":"2026-03-22T11:00:00Z","data":{{data}}}""";

    private static Notification Make1(Source source, string body, Dictionary<string, string>? headers = null, string? instance = null) =>
        Make.Json(body, source, "cloudevents", instance, headers);

    [Fact]
    public void The_registrys_event_is_an_observation_of_the_tag()
    {
        Observation o = Check.Single(new CloudEventsNormalizer(Source.ArtifactRegistry), Make1(Source.ArtifactRegistry, Event(Source.ArtifactRegistry, Examples[Source.ArtifactRegistry])));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "registry.example", RecordKind.RegistryTag, "registry.example/team/app:rel-1"), o.Record);
        Assert.Equal(
            $"""
            manifest-digest={A} /data/digest
            tag-to-digest={A} /data/digest
            repository=registry.example/team/app /data/image/repository
            promotion-time=2026-03-22T09:00:00.5Z /data/time
            active-tags=latest,rel-1 /data/fields/active-tags
            release-train=train-7 /data/fields/release-train
            """,
            o.Lines());
        Assert.Equal([Make.Digest('b'), Make.Digest('c')], o.Children.Select(c => c.Text));
        Assert.Equal(DigestKind.Index, o.Subjects[0].DigestKind);
        Assert.Equal("https://sender.example/x e-1", o.MessageId);
    }

    [Fact]
    public void The_ledgers_event_carries_subjects_envelope_and_signer()
    {
        Observation o = Check.Single(new CloudEventsNormalizer(Source.SignatureLedger), Make1(Source.SignatureLedger, Event(Source.SignatureLedger, Examples[Source.SignatureLedger])));

        Assert.Equal(new SourceRecord(Source.SignatureLedger, "c0ffee", RecordKind.LedgerEntry, "c0ffee/" + new string('1', 64)), o.Record);
        Assert.Equal(("27246492", "https://slsa.dev/provenance/v1"), (o.Revision.Counter, o.PredicateType));
        Assert.Equal(["registry.example/team/app:rel-1", null], o.Subjects.Select(s => s.Image?.ToString()));
        Assert.Equal("/data/subjects/1/digest", o.Subjects[1].Place.Pointer);
        Assert.Equal(string.Concat(Enumerable.Repeat("ab", 32)), o.Reading(Field.CertificateFingerprint).Single);
        Assert.Equal("2026-03-22T10:01:00Z", o.Reading(Field.LedgerWriteTime).Single);
        Assert.Equal(o.Revision.Time, o.SigningTime);
    }

    [Fact]
    public void The_change_systems_event_carries_the_approved_tuple()
    {
        Observation o = Check.Single(new CloudEventsNormalizer(Source.ChangeSnapshot), Make1(Source.ChangeSnapshot, Event(Source.ChangeSnapshot, Examples[Source.ChangeSnapshot])));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "change.example", RecordKind.ChangeRecord, "c0ffee00"), o.Record);
        Assert.Equal((Approval.Approved, "12"), (o.Approval, o.Revision.Counter));
        Assert.Equal($"registry.example/team/app:rel-1@{A}", o.Reading(Field.ApprovedTuple).Single);
        Assert.Equal("/data/digest", o.Reading(Field.ApprovedTuple).Place.Pointer);
        Assert.Equal(["EX-1", "EX-2"], o.Reading(Field.ExceptionBindings).Values);
        Assert.Empty(o.Reading(Field.ExceptionNotes).Values);
        Assert.DoesNotContain(o.Fields, f => f.Field == Field.CertificateFingerprint);
    }

    [Fact]
    public void The_runtimes_event_is_an_observation_of_the_container()
    {
        Observation o = Check.Single(new CloudEventsNormalizer(Source.RuntimeValidation), Make1(Source.RuntimeValidation, Event(Source.RuntimeValidation, Examples[Source.RuntimeValidation])));

        Assert.Equal(new SourceRecord(Source.RuntimeValidation, "prod-1", RecordKind.Container, "prod-1/u-1/app"), o.Record);
        Assert.Equal("9007199254740993", o.Revision.Counter);
        Assert.Equal(
            $"""
            observed-digest={A} /data/digest
            observed-envelope-id=dsse-sha256:{new string('2', 64)} /data/fields/observed-envelope-id
            admission-check=pass /data/fields/admission-check
            cluster-id=prod-1 /data/cluster
            observation-time=2026-03-22T10:05:00Z /data/time
            """,
            o.Lines());
    }

    [Theory]
    [InlineData(Source.ArtifactRegistry)]
    [InlineData(Source.SignatureLedger)]
    [InlineData(Source.ChangeSnapshot)]
    [InlineData(Source.RuntimeValidation)]
    public void Every_mode_and_every_carriage_of_the_data_says_the_same(Source source)
    {
        var normalizer = new CloudEventsNormalizer(source);
        string data = Examples[source];
        string structured = Event(source, data);
        string text = Event(source, System.Text.Json.JsonSerializer.Serialize(data));
        string base64 = Event(source, $"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}\"").Replace("\"data\":", "\"data_base64\":", StringComparison.Ordinal);
        var headers = new Dictionary<string, string>
        {
            ["ce-specversion"] = "1.0", ["ce-id"] = "e%2D1", ["ce-source"] = "https://sender.example/x",
            ["ce-type"] = CloudEventsNormalizer.ObservedType(source), ["ce-time"] = "2026-03-22T11:00:00Z", ["content-type"] = "application/json",
        };

        Observation[] all =
        [
            Check.Single(normalizer, Make1(source, structured)),
            Check.Single(normalizer, Make1(source, text)),
            Check.Single(normalizer, Make1(source, base64)),
            Check.Single(normalizer, Make1(source, data, headers)),
            .. Check.Items(normalizer, Make1(source, $"[{structured},{structured}]")).Cast<NormalisedItem.Observed>().Select(i => i.Observation),
        ];

        Assert.Equal(6, all.Length);
        Assert.Single(all.Select(o => o.Record).Distinct());
        Assert.Single(all.Select(o => o.MessageId).Distinct());
        Assert.Single(all.Select(o => string.Join('|', o.Fields.Select(f => $"{f.Field}={string.Join(',', f.Values)}"))).Distinct());
        Assert.Equal(new DecodeStep("/data", "json"), all[1].Fields[0].Place.Decode[0]);
        Assert.Equal(new DecodeStep("/data_base64", "base64-json"), all[2].Fields[0].Place.Decode[0]);
        Assert.Empty(all[3].Fields[0].Place.Decode);
        Assert.StartsWith("/1/data/", all[5].Fields[0].Place.Pointer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Source.ArtifactRegistry, """{"image":"registry.example/team/app:t"}""", RecordKind.RegistryTag)]
    [InlineData(Source.ArtifactRegistry, """{"image":"registry.example/team/app"}""", RecordKind.RegistryRepository)]
    [InlineData(Source.SignatureLedger, """{"record":{"id":"log/1"}}""", RecordKind.LedgerEntry)]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1"},"approval":"cancelled"}""", RecordKind.ChangeRecord)]
    [InlineData(Source.RuntimeValidation, """{"cluster":"c","requestUid":"r","container":"x"}""", RecordKind.AdmissionDecision)]
    public void A_withdrawal_needs_no_digest(Source source, string data, RecordKind kind)
    {
        Observation o = Check.Single(new CloudEventsNormalizer(source), Make1(source, Event(source, data, CloudEventsNormalizer.WithdrawnType(source))));

        Assert.True(o.Withdrawn);
        Assert.Equal(kind, o.Record.Kind);
    }

    [Theory]
    [InlineData(Source.ArtifactRegistry, """{"image":"registry.example/team/app:t"}""", "Hint")]
    [InlineData(Source.ArtifactRegistry, "{}", "Rejected /data/instance")]
    [InlineData(Source.ArtifactRegistry, """{"image":"app:t","digest":"x"}""", "Rejected /data/digest")]
    [InlineData(Source.ArtifactRegistry, """{"image":"app:t"}""", "Rejected /data/image")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a:t","fields":{"tags":["t"]}}""", "Rejected /data/fields")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a:t","fields":{"approval-time":null}}""", "Rejected /data/fields")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a:t","time":"soon"}""", "Rejected /data/time")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a:t","revision":"x"}""", "Rejected /data/revision")]
    [InlineData(Source.ArtifactRegistry, """{"image":"r.example/a:t","image":"r.example/b:t"}""", "Rejected /data/image")]
    [InlineData(Source.ArtifactRegistry, "\"no object\"", "Rejected /data")]
    [InlineData(Source.ArtifactRegistry, "[]", "Rejected /data")]
    [InlineData(Source.SignatureLedger, """{"record":{"id":"1"}}""", "Hint")]
    [InlineData(Source.SignatureLedger, """{"subjects":[]}""", "Rejected /data/record/id")]
    [InlineData(Source.SignatureLedger, """{"record":{"id":"1"},"subjects":[{"digest":"sha256:0"}]}""", "Rejected /data/subjects/0/digest")]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1"}}""", "Irrelevant")]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1"},"digest":"sha256:0"}""", "Rejected /data/digest")]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1"},"image":"r.example/a:t","digest":"sha256:0"}""", "Observed")]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1","kind":"container"},"image":"r.example/a:t"}""", "Rejected /data/record/kind")]
    [InlineData(Source.ChangeSnapshot, """{"record":{"id":"1"},"image":"r.example/a:t","approval":"maybe"}""", "Rejected /data/approval")]
    [InlineData(Source.RuntimeValidation, """{"podUid":"1","container":"x","digest":""}""", "Hint")]
    [InlineData(Source.RuntimeValidation, """{"podUid":"1"}""", "Rejected /data/record/id")]
    public void Incomplete_and_malformed_data_is_told_with_its_place(Source source, string data, string expected)
    {
        NormalisedItem item = Assert.Single(Check.Items(new CloudEventsNormalizer(source), Make1(source, Event(source, data))));

        Assert.Equal(expected, item.GetType().Name + (item is NormalisedItem.Rejected r ? " " + r.Pointer : ""));
    }

    [Fact]
    public void A_malformed_approved_digest_makes_its_reading_unreadable_and_binds_by_reference()
    {
        Observation o = Check.Single(
            new CloudEventsNormalizer(Source.ChangeSnapshot),
            Make1(Source.ChangeSnapshot, Event(Source.ChangeSnapshot, """{"record":{"id":"1"},"image":"r.example/a:t","digest":"sha256:0","fields":{"certificate-fingerprint":"zz"}}""")));

        Assert.Equal("not an OCI digest", o.Reading(Field.ManifestDigest).Unreadable);
        Assert.NotNull(o.Reading(Field.CertificateFingerprint).Unreadable);
        Assert.Null(Assert.Single(o.Subjects).Digest);
        Assert.Equal(Approval.Pending, o.Approval);
    }

    [Theory]
    [InlineData("""{"image":"r.example/a","digest":""}""")]
    [InlineData("""{"image":{"registry":"r.example","repository":"a","tag":""}}""")]
    public void An_empty_member_does_not_widen_a_withdrawal_to_the_repository(string data) =>
        Check.Single<NormalisedItem.Rejected>(
            new CloudEventsNormalizer(Source.ArtifactRegistry),
            Make1(Source.ArtifactRegistry, Event(Source.ArtifactRegistry, data, CloudEventsNormalizer.WithdrawnType(Source.ArtifactRegistry))));

    [Theory]
    [InlineData("""{"specversion":"0.2","id":"1","source":"s","type":"t"}""", "Rejected")]
    [InlineData("""{"specversion":"1.0","source":"s","type":"t"}""", "Rejected")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"}""", "Rejected")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":""}""", "Rejected")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"dev.releaseintegrity.change-snapshot.observed.v1"}""", "Rejected")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"org.example.other","data":"plain text"}""", "Irrelevant")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"org.example.push","data":{"repository":{"name":"x"}}}""", "Irrelevant")]
    [InlineData("[]", "Irrelevant")]
    [InlineData("7", "Rejected")]
    public void Envelopes_are_judged_by_the_specification(string body, string expected) =>
        Assert.Equal(expected, Assert.Single(Check.Items(new CloudEventsNormalizer(Source.ArtifactRegistry), Make1(Source.ArtifactRegistry, body))).GetType().Name);

    [Fact]
    public void A_common_push_event_of_another_system_is_read_as_far_as_it_goes()
    {
        string body = $$"""{"specversion":"1.0","id":"1","source":"urn:aws:ecr:us-east-1:123456789012:repository/test","type":"com.amazon.ecr.image.push","time":"2026-03-22T10:00:00Z","data":{"repositoryName":"test","imageTag":"v1","imageDigest":"{{A}}"} }""";
        Observation o = Check.Single(new CloudEventsNormalizer(Source.ArtifactRegistry), Make1(Source.ArtifactRegistry, body));

        Assert.Equal("123456789012.dkr.ecr.us-east-1.amazonaws.com/test:v1", o.Record.Id);
        Assert.Equal(A, o.Reading(Field.TagToDigest).Single);
        Check.Single<NormalisedItem.Irrelevant>(new CloudEventsNormalizer(Source.ChangeSnapshot), Make1(Source.ChangeSnapshot, body));
        Check.Totality(new CloudEventsNormalizer(Source.ArtifactRegistry), Make1(Source.ArtifactRegistry, body), rounds: 1000);
    }

    [Theory]
    [InlineData(Source.ArtifactRegistry)]
    [InlineData(Source.SignatureLedger)]
    [InlineData(Source.ChangeSnapshot)]
    [InlineData(Source.RuntimeValidation)]
    public void No_mutation_breaks_it(Source source)
    {
        Check.Totality(new CloudEventsNormalizer(source), Make1(source, Event(source, Examples[source])), rounds: 2000);
        Check.Totality(new CloudEventsNormalizer(source), Make1(source, $"[{Event(source, Examples[source])},{Event(source, "\"{}\"")}]"), rounds: 500);
        Check.Totality(
            new CloudEventsNormalizer(source),
            Make1(source, Examples[source], new() { ["ce-specversion"] = "1.0", ["ce-id"] = "%", ["ce-source"] = "s", ["ce-type"] = CloudEventsNormalizer.ObservedType(source) }),
            rounds: 500);
    }


    [Theory]
    [InlineData("org.container.image.published", "https://push.example", "", """{"repositoryName":"team/app","imageTag":"v1","imageDigest":"D","registry":"registry.example"}""", "registry.example/team/app:v1")]
    [InlineData("com.amazon.ecr.image.push", "urn:aws:ecr:us-west-2:111111111111:repository/app", "app:v1", """{"imageDigest":"D"}""", "111111111111.dkr.ecr.us-west-2.amazonaws.com/app:v1")]
    [InlineData("com.amazon.ecr.image.push", "urn:aws:ecr:cn-north-1:111111111111:repository/app", "", """{"repositoryName":"app","imageTag":"v1","imageDigest":"D"}""", "111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn/app:v1")]
    [InlineData("container.push", "ghcr.io/team/app", "", """{"repository":"team/app","tag":"v1","digest":"D"}""", "ghcr.io/team/app:v1")]
    [InlineData("zotregistry.image.updated", "https://zot.example:5000", "", """{"name":"team/app","reference":"v1","digest":"D","manifest":"{}"}""", "zot.example:5000/team/app:v1")]
    [InlineData("zotregistry.image.updated", "https://zot.example:5000", "", """{"name":"team/app","reference":"D","digest":"D"}""", "zot.example:5000/team/app@D")]
    [InlineData("org.container.image.published", "https://push.example", "", """{"repository":"team/app","tag":"v1","digest":"sha256:abc"}""", null)]
    [InlineData("com.amazon.ecr.image.push", "urn:aws:ecr:us-west-2:111111111111:repository/app", "app:v1", """{"imageTag":"v2","imageDigest":"D"}""", null)]
    [InlineData("com.amazon.ecr.image.push", "urn:aws:ecr:us-west-2:111111111111:repository/app", "No Name", """{"imageDigest":"D"}""", null)]
    [InlineData("zotregistry.image.updated", "zotregistry.dev", "", """{"name":"team/app","reference":"v1","digest":"D"}""", null)]
    [InlineData("zotregistry.image.updated", "https://zot.example", "", """{"reference":"v1","digest":"D"}""", null)]
    public void Pushes_are_spelled_in_many_ways(string type, string source, string subject, string data, string? record)
    {
        string body = $$"""{"specversion":"1.0","id":"1","source":"{{source}}","type":"{{type}}","subject":"{{subject}}","time":"2026-03-22T10:00:00Z","data":{{data.Replace("\"D\"", $"\"{A}\"", StringComparison.Ordinal)}}}""";
        NormalisedItem item = Assert.Single(Check.Items(new CloudEventsNormalizer(Source.ArtifactRegistry), Make1(Source.ArtifactRegistry, body)));

        Assert.Equal(record?.Replace("@D", "@" + A, StringComparison.Ordinal), (item as NormalisedItem.Observed)?.Observation.Record.Id);
        Assert.True(record is not null || item is NormalisedItem.Rejected);
        Check.Totality(new CloudEventsNormalizer(Source.ArtifactRegistry), Make1(Source.ArtifactRegistry, body), rounds: 200);
    }
}
