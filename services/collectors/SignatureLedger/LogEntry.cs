using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// One entry of a transparency log, as a bundle carries it (<c>dev.sigstore.rekor.v1.TransparencyLogEntry</c>, protojson)
/// as the Rekor v1 API returns it (<c>LogEntry</c>, openapi.yaml), or as the tiles of a log hold it: its body alone. All
/// spell the same facts differently.
/// </summary>
internal sealed record LogEntry
{
    /// <summary>The header that says of which log a fetched entry is, in hex.</summary>
    public const string LogIdHeader = "log-id";

    /// <summary>The header that says at which index of its log a fetched entry stands.</summary>
    public const string IndexHeader = "log-index";

    private const int UuidDigits = 64;
    private const int SharedUuidDigits = 80;

    /// <summary>The object that describes the entry.</summary>
    public required Node Node { get; init; }

    /// <summary>Lower-case hex of the log id.</summary>
    public required string LogId { get; init; }

    /// <summary>Position in the log over all its shards, decimal. A wrong one (-1) is carried like any other.</summary>
    public required string Index { get; init; }

    /// <summary>Where the entry says when the log integrated it.</summary>
    public required Node IntegratedTimeNode { get; init; }

    /// <summary>When the log integrated it; null where it doesn't say (Rekor v2).</summary>
    public required DateTimeOffset? IntegratedTime { get; init; }

    /// <summary>The RFC 6962 leaf hash, with its place; null where the entry carries no body.</summary>
    public required Node? Leaf { get; init; }

    /// <summary>The canonicalised body as a document; undecodable where it is none.</summary>
    public required Node Body { get; init; }

    /// <summary>The leaf hash, lower-case hex; null where the entry carries no body.</summary>
    public string? LeafHash => Leaf?.Value;

    /// <summary>What <c>LedgerEntry</c> records are addressed by; null where the entry carries no body.</summary>
    public string? RecordId => LeafHash is null ? null : $"{LogId}/{LeafHash}";

    /// <summary>
    /// Reads protojson: 64-bit integers are strings, bytes are base64, and a default value (index 0, time 0) may be
    /// left out. An entry that can't be addressed or ordered is refused.
    /// </summary>
    public static LogEntry? ReadProtoJson(Node node, out NormalisedItem? refusal)
    {
        Node keyId = node["logId"]["keyId"];
        Node index = node["logIndex"];
        Node body = node["canonicalizedBody"];
        refusal = RefuseStatedTwice(keyId, index, body, node["integratedTime"]);
        if (refusal is not null)
        {
            return null;
        }

        Node bytes = keyId.DecodeBase64();
        if (bytes.Kind != NodeKind.Bytes || bytes.Bytes.IsEmpty)
        {
            refusal = keyId.Reject("logId.keyId must be the log's id in base64: an entry is addressed by it");
            return null;
        }

        string? position = index.HasValue ? index.Integer : "0";
        return Complete(node, Convert.ToHexStringLower(bytes.Bytes.Span), index, position, body, out refusal);
    }

    /// <summary>
    /// Reads the Rekor v1 API's spelling: <c>logID</c> in hex, numbers as numbers. Under a UUID (64 hex digits, or 80
    /// with the shard's tree id before them) the last 64 must be the body's leaf hash, for else the entry would have
    /// two addresses.
    /// </summary>
    public static LogEntry? ReadRekorV1(Node node, string? uuid, out NormalisedItem? refusal)
    {
        Node logId = node["logID"];
        Node index = node["logIndex"];
        Node body = node["body"];
        refusal = RefuseStatedTwice(node, logId, index, body, node["integratedTime"])
            ?? (uuid is null || IsUuid(uuid) ? null
                : node.Reject("must be named by its uuid, 64 or 80 hex digits"))
            ?? (IsHex(logId.String) ? null : logId.Reject("logID must be the log's id in hex: an entry is addressed by it"))
            ?? (body.HasValue ? null : body.Reject("body is missing: without it nothing says what was signed"));
        if (refusal is not null)
        {
            return null;
        }

        LogEntry? entry = Complete(node, logId.Text!.ToLowerInvariant(), index, index.Integer, body, out refusal);
        if (entry is not null && uuid is not null && !uuid.EndsWith(entry.LeafHash!, StringComparison.OrdinalIgnoreCase))
        {
            refusal = node.Reject("the last 64 digits of the uuid must be the leaf hash of the body");
            return null;
        }

        return entry;
    }

    /// <summary>
    /// Reads an entry of a tile (C2SP tlog-tiles, "Log entries"), whose body is the whole document: where it stands in which
    /// log is known by whoever fetched it. Null without a refusal where the headers don't say it.
    /// </summary>
    public static LogEntry? ReadTiled(SourceDocument document, out NormalisedItem? refusal)
    {
        Node logId = document.Headers[LogIdHeader];
        Node index = document.Headers[IndexHeader];
        refusal = null;
        if (!logId.HasValue || !index.HasValue)
        {
            return null;
        }

        refusal = !IsHex(logId.String) ? document.Root.Reject($"{LogIdHeader} must be the log's id in hex: an entry is addressed by it")
            : index.Integer is null ? document.Root.Reject($"{IndexHeader} must be an integer: it orders the entries of a log")
            : null;
        return refusal is not null ? null : new LogEntry
        {
            Node = document.Root,
            LogId = logId.Text!.ToLowerInvariant(),
            Index = index.Integer!,
            IntegratedTimeNode = document.Headers["integrated-time"],
            IntegratedTime = null,
            Leaf = document.Body.RekorLeaf(),
            Body = document.Root,
        };
    }

    /// <summary>Whether a text is a uuid: a leaf hash, or a shard's tree id and a leaf hash, in hex.</summary>
    public static bool IsUuid(string text) => text.Length is UuidDigits or SharedUuidDigits && IsHex(text);

    /// <summary>The order in which the first of several entries is chosen: log id, then position.</summary>
    public static int Compare(LogEntry left, LogEntry right)
    {
        int logs = string.CompareOrdinal(left.LogId, right.LogId);
        return logs != 0
            ? logs
            : System.Numerics.BigInteger.Parse(left.Index, System.Globalization.CultureInfo.InvariantCulture)
                .CompareTo(System.Numerics.BigInteger.Parse(right.Index, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static LogEntry? Complete(
        Node node, string logId, Node indexNode, string? index, Node body, out NormalisedItem? refusal)
    {
        Node integratedTime = node["integratedTime"];
        TimeReading time = Times.Read(integratedTime, TimeFormats.EpochSeconds);
        Node? leaf = body.HasValue ? body.RekorLeaf() : null;
        refusal = index is null ? indexNode.Reject("logIndex must be an integer: it orders the entries of a log")
            : time.Unreadable is not null || time.Utc < DateTimeOffset.UnixEpoch
                ? integratedTime.Reject("integratedTime must be a time in seconds since 1970: it orders the entries of a log")
            : leaf?.Failure is not null ? body.Reject("the entry's body must be base64: its hash is the entry's address")
            : null;
        return refusal is not null ? null : new LogEntry
        {
            Node = node,
            LogId = logId,
            Index = index!,
            IntegratedTimeNode = integratedTime,
            IntegratedTime = time.Utc,
            Leaf = leaf,
            Body = body.DecodeBase64Json(),
        };
    }

    private static NormalisedItem.Rejected? RefuseStatedTwice(params ReadOnlySpan<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (node.IsAmbiguous)
            {
                return node.Reject("stated more than once");
            }
        }

        return null;
    }

    private static bool IsHex(string? text) =>
        text is { Length: > 0 and <= 128 } && text.All(char.IsAsciiHexDigit);
}
