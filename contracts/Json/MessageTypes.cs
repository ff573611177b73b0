using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ReleaseIntegrity.Contracts.Json;

/// <summary>
/// The messages that travel between services, by published name; outbox rows and parcels carry that name. It ends with
/// the version: a message that older readers would misread is another type, <c>….v2</c>, listed beside this one until
/// nobody sends the older.
/// </summary>
public static class MessageTypes
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = new Dictionary<string, JsonTypeInfo>
    {
        ["observations-normalised.v1"] = ContractsJson.Default.ObservationsNormalised,
        ["hint-raised.v1"] = ContractsJson.Default.HintRaised,
        ["source-heard.v1"] = ContractsJson.Default.SourceHeard,
        ["resync-requested.v1"] = ContractsJson.Default.ResyncRequested,
        ["messages-folded.v1"] = ContractsJson.Default.MessagesFolded,
        ["ledger-changed.v1"] = ContractsJson.Default.LedgerChanged,
        ["correction-package-prepared.v1"] = ContractsJson.Default.CorrectionPackagePrepared,
        ["correction-package-closed.v1"] = ContractsJson.Default.CorrectionPackageClosed,
        ["holds-changed.v1"] = ContractsJson.Default.HoldsChanged,
        ["case-changed.v1"] = ContractsJson.Default.CaseChanged,
        ["steward-decided.v1"] = ContractsJson.Default.StewardDecided,
        ["pin-changed.v1"] = ContractsJson.Default.PinChanged,
        ["rebuild-requested.v1"] = ContractsJson.Default.RebuildRequested,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> Names =
        ByName.ToFrozenDictionary(p => p.Value.Type, p => p.Key);

    /// <summary>All published names.</summary>
    public static IReadOnlyCollection<string> All => ByName.Keys;

    /// <summary>The published name of a message type.</summary>
    /// <exception cref="ArgumentException">The type is not listed.</exception>
    public static string NameOf<T>() => NameOf(typeof(T));

    /// <summary>The published name of a message type.</summary>
    /// <exception cref="ArgumentException">The type is not listed.</exception>
    public static string NameOf(Type type) =>
        Names.TryGetValue(type, out string? name)
            ? name
            : throw new ArgumentException($"{type.Name} is not listed in {nameof(MessageTypes)}");

    /// <summary>The published name of a type; null where it is no message.</summary>
    public static string? Find(Type type) => Names.GetValueOrDefault(type);

    /// <summary>A message as JSON, UTF-8.</summary>
    public static byte[] Serialise<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, ByName[NameOf<T>()]);

    /// <summary>The message that a name and its JSON stand for; the object's type is the message type.</summary>
    /// <exception cref="UnknownMessageTypeException">The name is not published here: its sender may be newer.</exception>
    /// <exception cref="JsonException">The JSON is not such a message.</exception>
    public static object Deserialise(string name, ReadOnlySpan<byte> json) =>
        ByName.TryGetValue(name, out JsonTypeInfo? type)
            ? JsonSerializer.Deserialize(json, type) ?? throw new JsonException($"null is no {name}")
            : throw new UnknownMessageTypeException(
                $"'{name}' is no message type of this version: upgrade this service, then send the message again. Known: {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}");
}
