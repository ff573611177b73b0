using System.Text.Json;
using System.Text.Json.Serialization;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Contracts.Json;

/// <summary>
/// How evidence and messages are written as JSON in stores and on the bus: camel case, enumerations by their published
/// names, digests as text, nulls left out. Storage format: version with care. Not the canonical JSON of ledgers and
/// packages. A new message type is listed here and in <see cref="MessageTypes"/>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(DigestConverter),
        typeof(WireEnumConverter<Source>),
        typeof(WireEnumConverter<Field>),
        typeof(WireEnumConverter<RecordKind>),
        typeof(WireEnumConverter<DigestKind>),
        typeof(WireEnumConverter<Approval>),
        typeof(WireEnumConverter<ItemOutcome>),
        typeof(WireEnumConverter<PackageDecision>),
    ])]
[JsonSerializable(typeof(Observation))]
[JsonSerializable(typeof(IReadOnlyList<Observation>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<KeptReading>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(Parcel))]
[JsonSerializable(typeof(ObservationsNormalised))]
[JsonSerializable(typeof(HintRaised))]
[JsonSerializable(typeof(SourceHeard))]
[JsonSerializable(typeof(ResyncRequested))]
[JsonSerializable(typeof(MessagesFolded))]
[JsonSerializable(typeof(LedgerChanged))]
[JsonSerializable(typeof(CorrectionPackagePrepared))]
[JsonSerializable(typeof(CorrectionPackageClosed))]
[JsonSerializable(typeof(HoldsChanged))]
[JsonSerializable(typeof(CaseChanged))]
[JsonSerializable(typeof(StewardDecided))]
[JsonSerializable(typeof(PinChanged))]
[JsonSerializable(typeof(RebuildRequested))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>Adds the same spelling to serialiser options that are not ours: a bus's, a web server's.</summary>
    public static void AddConverters(JsonSerializerOptions options)
    {
        foreach (JsonConverter converter in Default.Options.Converters)
        {
            options.Converters.Add(converter);
        }
    }
}
