using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ReleaseIntegrity.Contracts.Json;

/// <summary>The messages that travel between services, by published name; outbox rows carry that name.</summary>
public static class MessageTypes
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = new Dictionary<string, JsonTypeInfo>
    {
        ["observations-normalised"] = ContractsJson.Default.ObservationsNormalised,
        ["hint-raised"] = ContractsJson.Default.HintRaised,
        ["messages-folded"] = ContractsJson.Default.MessagesFolded,
        ["ledger-changed"] = ContractsJson.Default.LedgerChanged,
        ["correction-package-prepared"] = ContractsJson.Default.CorrectionPackagePrepared,
        ["correction-package-closed"] = ContractsJson.Default.CorrectionPackageClosed,
        ["hold-opened"] = ContractsJson.Default.HoldOpened,
        ["hold-released"] = ContractsJson.Default.HoldReleased,
        ["case-changed"] = ContractsJson.Default.CaseChanged,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> Names =
        ByName.ToFrozenDictionary(p => p.Value.Type, p => p.Key);

    /// <summary>All published names.</summary>
    public static IReadOnlyCollection<string> All => ByName.Keys;

    /// <summary>The published name of a message type.</summary>
    /// <exception cref="ArgumentException">The type is not listed.</exception>
    public static string NameOf<T>() =>
        Names.TryGetValue(typeof(T), out string? name)
            ? name
            : throw new ArgumentException($"{typeof(T).Name} is not listed in {nameof(MessageTypes)}");

    /// <summary>A message as JSON.</summary>
    public static string Serialise<T>(T message) => JsonSerializer.Serialize(message, ByName[NameOf<T>()]);

    /// <summary>The message that a name and its JSON stand for; the object's type is the message type.</summary>
    /// <exception cref="JsonException">The name is not published, or the JSON is not such a message.</exception>
    public static object Deserialise(string name, string json) =>
        ByName.TryGetValue(name, out JsonTypeInfo? type)
            ? JsonSerializer.Deserialize(json, type) ?? throw new JsonException($"null is no {name}")
            : throw new JsonException($"'{name}' is no message type; known: {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}");
}
