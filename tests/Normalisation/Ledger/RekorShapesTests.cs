using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>The shapes in which entries of a Rekor log travel.</summary>
public sealed class RekorShapesTests
{
    private const string Format = "rekor-v1";

    private static JsonObject Event(JsonNode data) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = "108e9186e8c5677a" + A,
        ["source"] = "/createLogEntry",
        ["type"] = "dev.sigstore.rekor.events.v1.NewEntry",
        ["datacontenttype"] = "application/json",
        ["time"] = "2026-03-22T10:00:00Z",
        ["rekor_entry_kind"] = "hashedrekord",
        ["rekor_signing_subjects"] = "release.bot@acme.example",
        ["data"] = data,
    };

    [Fact]
    public void Arrays_of_responses_and_of_bare_entries_are_split()
    {
        JsonArray responses = [RekorResponse(RekorEntry(HashedRekord(A)), RekorEntry(HashedRekord(B))), RekorEntry(HashedRekord(A)), 7];

        IReadOnlyList<NormalisedItem> items = Normalise(Format, responses);

        Assert.Equal(4, items.Count);
        Assert.Equal(3, items.OfType<NormalisedItem.Observed>().Count());
        Assert.Equal("/2", Assert.IsType<NormalisedItem.Rejected>(items[3]).Pointer);
        Assert.Equal("/1", Assert.IsType<NormalisedItem.Observed>(items[2]).Observation.RecordPointer);
    }

    [Fact]
    public void The_logs_own_event_carries_its_entry_in_a_string()
    {
        JsonObject entry = ProtoEntry(HashedRekord(A));

        Observation pushed = Observe(Format, Event(entry.ToJsonString()));

        Observation pulled = Observe(Format, RekorResponse(RekorEntry(HashedRekord(A))));
        Assert.Equal(pulled.Record, pushed.Record);
        Assert.Equal(pulled.Revision, pushed.Revision);
        Assert.Equal(pulled.MessageId, pushed.MessageId);
        Assert.Equal(new DecodeStep("/data", "json"), Assert.Single(pushed.Reading(Field.LedgerWriteTime)!.Place.Decode));
    }

    [Fact]
    public void Events_come_in_batches_as_objects_as_base64_and_through_pub_sub()
    {
        string entry = ProtoEntry(HashedRekord(A)).ToJsonString();
        JsonObject inBase64 = Event("");
        inBase64.Remove("data");
        inBase64["data_base64"] = Base64(entry);

        Assert.Equal(2, Normalise(Format, new JsonArray(Event(entry), Event(JsonNode.Parse(entry)!))).OfType<NormalisedItem.Observed>().Count());
        Observe(Format, inBase64);
        Observe(Format, JsonValue.Create(entry));
        Observe(Format, new JsonObject { ["message"] = new JsonObject { ["data"] = Base64(Event(entry).ToJsonString()), ["messageId"] = "1" }, ["subscription"] = "s" });
    }

    [Fact]
    public void Other_events_are_irrelevant_and_broken_ones_rejected()
    {
        JsonObject other = Event("{}");
        other["type"] = "dev.sigstore.rekor.events.v1.SomethingElse";
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, other)));
        other.Remove("type");
        Reject(Format, other, "must state one type");

        Reject(Format, Event("{"), "not JSON");
        Reject(Format, Event(JsonNode.Parse("null")!), "must be a log entry");
        Reject(Format, new JsonObject { ["message"] = new JsonObject { ["data"] = "%" } }, "not base64");
    }

    [Fact]
    public void An_entry_of_a_rekor_v2_log_is_read_too()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForEMail();
        JsonObject body = Body("hashedrekord", new JsonObject
        {
            ["hashedRekordV002"] = new JsonObject
            {
                ["data"] = MessageDigest("SHA2_256", A),
                ["signature"] = new JsonObject
                {
                    ["content"] = "AQID",
                    ["verifier"] = new JsonObject { ["x509Certificate"] = new JsonObject { ["rawBytes"] = certificate.Base64() } },
                },
            },
        }, "0.0.2");
        JsonObject entry = ProtoEntry(body);
        entry.Remove("integratedTime");

        Observation observation = Observe(Format, entry);

        Assert.Equal(new Revision("41", null), observation.Revision);
        Assert.Equal(FulcioCertificate.NotBefore, observation.SigningTime);
        Assert.Equal("sha256:" + A, observation.Subjects[0].Digest?.Text);
        Assert.Equal([certificate.Fingerprint()], observation.Values(Field.CertificateFingerprint));
        Assert.Contains("signature-sha256:" + Sha256([1, 2, 3]), observation.Values(Field.SignatureEnvelopeId));

        entry.Remove("canonicalizedBody");
        Reject(Format, entry, "carries no body");
    }

    [Fact]
    public void A_rekor_v2_entry_of_an_envelope_names_its_signers_and_no_subject()
    {
        JsonObject entry = ProtoEntry(Body("dsse", new JsonObject { ["dsseV002"] = new JsonObject { ["signatures"] = new JsonArray() } }, "0.0.2"));

        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, entry)));
    }

    [Fact]
    public void A_body_alone_is_a_hint_at_its_log()
    {
        var hint = Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, HashedRekord(A), "prod-ledger")));

        Assert.Equal(("prod-ledger", "sha256:" + A), (hint.Instance, hint.Target));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"\"")]
    [InlineData("[[[[[[{}]]]]]]")]
    [InlineData("{\"code\":404,\"message\":\"entry not found\"}")]
    [InlineData("rekor.sigstore.dev - 2605736670972794746\nabcdefg\n")]
    public void What_is_no_entry_is_rejected(string body) =>
        Assert.All(Normalise(Notify(Format, body)), i => Assert.IsType<NormalisedItem.Rejected>(i));


    [Fact]
    public void What_the_command_line_prints_is_a_hint_under_its_uuid()
    {
        string uuid = "24296fb24b8ad77a" + A;
        JsonObject printed = new()
        {
            ["Attestation"] = "", ["AttestationType"] = "", ["Body"] = new JsonObject { ["HashedRekordObj"] = new JsonObject() },
            ["LogIndex"] = 7, ["IntegratedTime"] = 1774173600, ["UUID"] = uuid, ["LogID"] = LogId,
        };

        Assert.Equal(uuid, Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, printed))).Target);
        Assert.Equal(uuid, Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, new JsonObject { ["UUIDs"] = new JsonArray(uuid) }))).Target);
        printed["UUID"] = "24";
        Reject(Format, printed, "one uuid");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"rootHash":"ab","hashes":["cd"]}""")]
    [InlineData("""{"rootHash":"ab","treeSize":4}""")]
    public void Proofs_states_and_empty_answers_are_irrelevant(string body) =>
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify(Format, body))));

    [Fact]
    public void An_error_is_rejected_once() =>
        Assert.Contains("error", Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify(Format, """{"code":404,"message":"entry not found"}""")))).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_bundle_of_cosign_from_before_sigstore_bundles_is_its_entry()
    {
        JsonObject old = new()
        {
            ["base64Signature"] = "AQID", ["cert"] = "x",
            ["rekorBundle"] = new JsonObject { ["SignedEntryTimestamp"] = "AQID", ["Payload"] = RekorEntry(HashedRekord(A)) },
        };

        Assert.Equal(Observe(Format, RekorEntry(HashedRekord(A))).Record, Observe("sigstore-bundle", old).Record);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify("sigstore-bundle", "[]"))));
    }
}
