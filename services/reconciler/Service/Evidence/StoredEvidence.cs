using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How observations and record histories are written: JSON, UTF-8. Storage format: version with care.</summary>
public static class StoredEvidence
{
    private static readonly StoredEvidenceJson Json = Context();

    /// <summary>
    /// The observation without its extraction time, which is kept beside it: the same item delivered again has the same
    /// body, and only the least extraction time counts.
    /// </summary>
    public static byte[] BodyOf(Observation observation) => JsonSerializer.SerializeToUtf8Bytes(
        observation with { Lineage = observation.Lineage with { ExtractedAt = default } },
        ContractsJson.Default.Observation);

    /// <summary>The observation that a body and its extraction time stand for.</summary>
    public static Observation Observation(byte[] body, DateTimeOffset extractedAt)
    {
        Observation read = JsonSerializer.Deserialize(body, ContractsJson.Default.Observation)
            ?? throw new JsonException("null is no observation");
        return read with { Lineage = read.Lineage with { ExtractedAt = extractedAt } };
    }

    /// <summary>The address of a body: of one item, equal ids are one observation.</summary>
    public static string IdOf(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body), 0, 16);

    /// <summary>A record history as JSON; equal histories have equal bytes.</summary>
    public static byte[] BytesOf(RecordHistory history) => JsonSerializer.SerializeToUtf8Bytes(
        new StoredHistory(
            history.Record,
            [.. history.Current.Select(v => new StoredVersion(
                v.ContentKey, v.First, v.Last.Lineage == v.First.Lineage ? null : v.Last))],
            history.Skewed,
            [.. history.Past.Order(StringComparer.Ordinal)],
            history.Plain),
        Json.StoredHistory);

    /// <summary>The record history that bytes stand for.</summary>
    public static RecordHistory History(byte[] json)
    {
        StoredHistory stored = JsonSerializer.Deserialize(json, Json.StoredHistory)
            ?? throw new JsonException("null is no record history");
        return new RecordHistory
        {
            Record = stored.Record,
            Current = [.. stored.Current.Select(v => new RecordVersion(v.ContentKey, v.First, v.Last ?? v.First))],
            Skewed = stored.Skewed,
            Past = stored.Past.ToHashSet(StringComparer.Ordinal),
            Plain = stored.Plain,
        };
    }

    private static StoredEvidenceJson Context()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        ContractsJson.AddConverters(options);
        return new StoredEvidenceJson(options);
    }
}

/// <summary>A record history as stored.</summary>
internal sealed record StoredHistory(
    SourceRecord Record,
    IReadOnlyList<StoredVersion> Current,
    IReadOnlyList<Observation> Skewed,
    IReadOnlyList<string> Past,
    bool Plain);

/// <summary>A version as stored; no last revision where it is the first.</summary>
internal sealed record StoredVersion(string ContentKey, Observation First, Observation? Last);

/// <summary>The JSON of record histories.</summary>
[JsonSerializable(typeof(StoredHistory))]
internal sealed partial class StoredEvidenceJson : JsonSerializerContext;
