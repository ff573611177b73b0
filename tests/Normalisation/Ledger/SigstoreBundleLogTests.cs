using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>Log entries, indexes and times of bundles.</summary>
public sealed class SigstoreBundleLogTests
{
    private const string Format = "sigstore-bundle";
    private static readonly DateTimeOffset Stamped = new(2026, 3, 22, 10, 0, 7, TimeSpan.Zero);

    private static JsonObject With(params JsonNode[] entries)
    {
        JsonObject bundle = MessageBundle(MessageDigest("SHA2_256", A));
        bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray([.. entries.Select(e => e.DeepClone())]);
        return bundle;
    }

    [Theory]
    [InlineData("-1", "-1")]
    [InlineData("123456789012345678901", "123456789012345678901")]
    [InlineData(null, "0")]
    public void Indexes_are_carried_as_they_are_and_a_default_one_is_zero(string? index, string expected)
    {
        JsonObject entry = ProtoEntry(HashedRekord(A));
        entry["logIndex"] = index;
        Assert.Equal(expected, Observe(Format, With(entry)).Revision.Counter);

        entry.Remove("logIndex");
        Assert.Equal("0", Observe(Format, With(entry)).Revision.Counter);
    }

    [Theory]
    [InlineData("logIndex", "\"first\"", "logIndex must be an integer")]
    [InlineData("logIndex", "1.5", "logIndex must be an integer")]
    [InlineData("integratedTime", "\"yesterday\"", "integratedTime must be a time")]
    [InlineData("integratedTime", "-7", "integratedTime must be a time")]
    [InlineData("integratedTime", "\"9223372036854775807\"", "integratedTime must be a time")]
    [InlineData("logId", "{}", "logId.keyId must be the log's id")]
    [InlineData("logId", "{\"keyId\":\"%\"}", "logId.keyId must be the log's id")]
    [InlineData("logId", "{\"keyId\":\"\"}", "logId.keyId must be the log's id")]
    [InlineData("canonicalizedBody", "\"%\"", "must be base64")]
    [InlineData("canonicalizedBody", "{\"kind\":1}", "must be base64")]
    public void An_entry_that_cannot_be_addressed_or_ordered_is_rejected(string member, string json, string reason)
    {
        JsonObject entry = ProtoEntry(HashedRekord(A));
        entry[member] = JsonNode.Parse(json);

        Reject(Format, With(entry), reason);
    }

    [Theory]
    [InlineData("\"logIndex\":\"1\",\"logIndex\":\"2\"")]
    [InlineData("\"logIndex\":\"1\",\"integratedTime\":\"1\",\"integratedTime\":\"2\"")]
    public void An_entry_that_states_its_order_twice_is_rejected(string members)
    {
        string body = """{"messageSignature":{"signature":"AQID"},"verificationMaterial":{"tlogEntries":[{"logId":{"keyId":"AQID"},MEMBERS}]}}"""
            .Replace("MEMBERS", members, StringComparison.Ordinal);

        var rejected = Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify(Format, body))));
        Assert.Equal("stated more than once", rejected.Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public void Without_an_integrated_time_the_earliest_time_stamp_is_the_only_time(string? time)
    {
        JsonObject entry = ProtoEntry(HashedRekord(A), time: time);
        JsonObject bundle = With(entry);
        bundle["verificationMaterial"]!["timestampVerificationData"] = Timestamps(Stamped.AddSeconds(3), Stamped, Stamped.AddYears(1));

        Observation observation = Observe(Format, bundle);

        Assert.Equal(new Revision("41", Stamped), observation.Revision);
        Assert.Equal(Stamped, observation.SigningTime);
        // An explicit null is a candidate without a value; a protojson zero is an absent member.
        Assert.Equal(time is null, observation.Reading(Field.LedgerWriteTime) is { Values.Count: 0 });
    }

    [Fact]
    public void An_entry_without_any_time_is_still_evidence()
    {
        JsonObject entry = ProtoEntry(HashedRekord(A));
        entry.Remove("integratedTime");

        Observation observation = Observe(Format, With(entry));

        Assert.Equal(new Revision("41", null), observation.Revision);
        Assert.Null(observation.SigningTime);
        Assert.Null(observation.Reading(Field.LedgerWriteTime));
    }

    [Fact]
    public void The_integrated_time_goes_before_time_stamps_and_may_lie_in_the_future()
    {
        JsonObject bundle = With(ProtoEntry(HashedRekord(A), time: "4102444800"));
        bundle["verificationMaterial"]!["timestampVerificationData"] = Timestamps(Stamped);

        Assert.Equal(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero), Observe(Format, bundle).Revision.Time);
    }

    [Fact]
    public void A_bundle_without_log_entries_is_ordered_by_its_time_stamp_and_known_by_its_envelope()
    {
        JsonObject bundle = DsseBundle(Statement(Subject("a.txt", "sha256", A)));
        bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray();
        bundle["verificationMaterial"]!["timestampVerificationData"] = Timestamps(Stamped);

        Observation observation = Observe(Format, bundle);

        string id = "dsse-sha256:" + Sha256(bundle["dsseEnvelope"]!.ToJsonString());
        Assert.Equal(("unlogged", id), (observation.Record.Instance, observation.Record.Id));
        Assert.Equal(new Revision(null, Stamped), observation.Revision);
        FieldReading reading = observation.Reading(Field.SignatureEnvelopeId)!;
        Assert.Equal([new DecodeStep("/dsseEnvelope", "sha256")], reading.Place.Decode);
        Assert.Equal([id], reading.Values);
    }

    [Fact]
    public void An_entry_without_a_body_is_addressed_by_the_envelope()
    {
        JsonObject entry = ProtoEntry(HashedRekord(A));
        entry.Remove("canonicalizedBody");

        Observation observation = Observe(Format, With(entry));

        Assert.Equal((LogId, "signature-sha256:" + Sha256([1, 2, 3])), (observation.Record.Instance, observation.Record.Id));
        Assert.Equal("41", observation.Revision.Counter);
    }

    [Fact]
    public void Of_several_entries_the_first_by_log_and_index_is_the_record_in_any_order()
    {
        JsonObject[] entries = [ProtoEntry(HashedRekord(A), "100"), ProtoEntry(HashedRekord(B), "9"), ProtoEntry(HashedRekord(A), "9")];
        entries[2]["logId"]!["keyId"] = Convert.ToBase64String(Convert.FromHexString(new string('d', 64)));

        Observation forward = Observe(Format, With(entries));
        Observation backward = Observe(Format, With([.. entries.Reverse()]));

        Assert.Equal($"{LogId}/{LeafOf(entries[1])}", forward.Record.Id);
        Assert.Equal(forward.Record, backward.Record);
        Assert.Equal(forward.Revision, backward.Revision);
        Assert.Contains("rekor:" + LeafOf(entries[0]), forward.Values(Field.SignatureEnvelopeId));
        Assert.Equal(forward.Values(Field.SignatureEnvelopeId), backward.Values(Field.SignatureEnvelopeId));
    }

    [Fact]
    public void Time_stamps_that_are_none_say_no_time()
    {
        JsonObject bundle = MessageBundle(MessageDigest("SHA2_256", A));
        bundle["verificationMaterial"]!["timestampVerificationData"] = JsonNode.Parse(
            """{"rfc3161Timestamps":[{"signedTimestamp":"AQID"},{"signedTimestamp":"%"},{},null,7]}""");

        Assert.Null(Observe(Format, bundle).Revision.Time);
    }
}
