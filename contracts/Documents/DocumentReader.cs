using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>Reads ledgers and packages. Members that it doesn't know are skipped: documents may grow.</summary>
public static class DocumentReader
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 32,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads a ledger.</summary>
    /// <exception cref="JsonException">Not a <c>ledger/v1</c> document; the message never quotes a value.</exception>
    public static LedgerView Ledger(string json) => Checked(Read<LedgerView>(json), v => v.Schema, "ledger/v1");

    /// <summary>Reads a ledger from its UTF-8 bytes.</summary>
    /// <exception cref="JsonException">Not a <c>ledger/v1</c> document; the message never quotes a value.</exception>
    public static LedgerView Ledger(ReadOnlySpan<byte> json) =>
        Checked(JsonSerializer.Deserialize<LedgerView>(json, Options), v => v.Schema, "ledger/v1");

    /// <summary>Reads a ledger.</summary>
    /// <exception cref="JsonException">Not a <c>ledger/v1</c> document.</exception>
    public static LedgerView Ledger(JsonNode document) =>
        Checked(document.Deserialize<LedgerView>(Options), v => v.Schema, "ledger/v1");

    /// <summary>Reads a package.</summary>
    /// <exception cref="JsonException">Not a <c>package/v1</c> document; the message never quotes a value.</exception>
    public static PackageView Package(string json) => Checked(Read<PackageView>(json), v => v.Schema, "package/v1");

    /// <summary>Reads a package.</summary>
    /// <exception cref="JsonException">Not a <c>package/v1</c> document.</exception>
    public static PackageView Package(JsonNode document) =>
        Checked(document.Deserialize<PackageView>(Options), v => v.Schema, "package/v1");

    private static T? Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options);

    private static T Checked<T>(T? document, Func<T, string> schemaOf, string schema)
        where T : class =>
        document is not null && schemaOf(document) == schema
            ? document
            : throw new JsonException($"the document's schema is not {schema}");
}
