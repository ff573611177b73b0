using System.Text.Json;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Tests.Collectors.Wire;

/// <summary>What stores and the bus hold can be read back as it was written.</summary>
public sealed class WireTests
{
    private static readonly Observation Full = Examples.Observation;

    [Fact]
    public void An_observation_is_read_back_as_it_was_written()
    {
        string json = JsonSerializer.Serialize(Full, ContractsJson.Default.Observation);
        Observation back = JsonSerializer.Deserialize(json, ContractsJson.Default.Observation)!;
        Assert.Equivalent(Full, back, strict: true);
        Assert.Equal(json, JsonSerializer.Serialize(back, ContractsJson.Default.Observation));
        Assert.Contains("\"source\":\"signature-ledger\"", json, StringComparison.Ordinal);
        Assert.Contains("\"digestKind\":\"index\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reading_of_an_empty_observation_is_there_too()
    {
        var empty = new Observation { Record = Full.Record, Revision = new Revision(null, null), Lineage = Full.Lineage };
        Observation back = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(empty, ContractsJson.Default.Observation), ContractsJson.Default.Observation)!;
        Assert.Equivalent(empty, back, strict: true);
        Assert.Empty(back.Subjects);
    }

    [Fact]
    public void Messages_travel_by_published_name()
    {
        Assert.Equal(
            [
                "case-changed.v1", "correction-package-closed.v1", "correction-package-prepared.v1", "hint-raised.v1",
                "holds-changed.v1", "ledger-changed.v1", "messages-folded.v1", "observations-normalised.v1", "pin-changed.v1",
                "rebuild-requested.v1", "resync-requested.v1", "source-heard.v1", "steward-decided.v1",
            ],
            MessageTypes.All.Order(StringComparer.Ordinal));
        var message = new ObservationsNormalised("ab", Source.SignatureLedger, "rekor-v1", [Full]);
        object back = MessageTypes.Deserialise(
            MessageTypes.NameOf<ObservationsNormalised>(), MessageTypes.Serialise(message));
        Assert.Equivalent(message, back, strict: true);
        Assert.Throws<UnknownMessageTypeException>(() => MessageTypes.Deserialise("observations-normalised.v2", "{}"u8));
    }

    [Fact]
    public void Bad_names_and_digests_are_refused()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("\"Registry\"", ContractsJson.Default.Source));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("\"sha256:AB\"", ContractsJson.Default.Digest));
    }
}
