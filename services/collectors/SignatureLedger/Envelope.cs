using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// What a bundle holds: a DSSE envelope (DSSE envelope.md) or the signature of a message
/// (<c>dev.sigstore.common.v1.MessageSignature</c>).
/// </summary>
internal sealed class Envelope
{
    /// <summary>The instance of entries that no log has.</summary>
    public const string Unlogged = "unlogged";

    private readonly Node _content;
    private readonly bool _isDsse;

    private Envelope(Node content, bool isDsse, Node idNode, string prefix)
    {
        _content = content;
        _isDsse = isDsse;
        IdNode = idNode;
        Id = prefix + idNode.Text;
    }

    /// <summary>
    /// <c>dsse-sha256:</c> and the hash of the envelope's bytes as they stand, or <c>signature-sha256:</c> and the hash of
    /// the signature's bytes. An envelope has no other id.
    /// </summary>
    public string Id { get; }

    /// <summary>Where the hash is taken.</summary>
    public Node IdNode { get; }

    /// <summary>Finds a bundle's content; null with a rejected item where it has none, or two.</summary>
    public static Envelope? Read(Node bundle, out NormalisedItem? refusal)
    {
        Node dsse = bundle["dsseEnvelope"];
        Node message = bundle["messageSignature"];
        refusal = dsse.IsAmbiguous || message.IsAmbiguous ? bundle.Reject("the bundle's content is stated more than once")
            : dsse.HasValue == message.HasValue
                ? bundle.Reject("not a Sigstore bundle: it must hold either dsseEnvelope or messageSignature")
            : null;
        return refusal is not null ? null
            : dsse.HasValue ? ReadDsse(dsse, out refusal)
            : ReadMessage(message, out refusal);
    }

    /// <summary>The id of a signature by its bytes; null where the node holds no base64.</summary>
    public static (Node Node, string Value)? SignatureId(Node signature)
    {
        Node hash = signature.DecodeBase64().Sha256();
        return signature.HasValue && hash.Text is { } hex ? (hash, SignaturePrefix + hex) : null;
    }

    /// <summary>What the content is about; null with the item that the bundle is instead.</summary>
    public IReadOnlyList<Subject>? Subjects(
        LogEntry? entry, string instance, string recordId, out string? predicateType, out NormalisedItem? refusal)
    {
        predicateType = null;
        if (!_isDsse)
        {
            return MessageSubject(entry, instance, recordId, out refusal);
        }

        Node payload = _content["payload"];
        Node statement = payload.DecodeBase64Json();
        if (payload.IsAmbiguous || !InTotoStatement.IsStatement(statement))
        {
            // Old cosign puts the predicate type here, so that only the payload itself says what it is.
            refusal = payload.IsAmbiguous ? payload.Reject("stated more than once")
                : _content["payloadType"].String != InTotoStatement.PayloadType || InTotoStatement.IsOlderMetadata(statement)
                    ? new NormalisedItem.Irrelevant("the envelope's payload is no in-toto statement")
                : statement.Failure ?? payload.Reject("the payload's _type is no in-toto statement");
            return null;
        }

        InTotoStatement? read = InTotoStatement.Read(statement, instance, recordId, out refusal);
        predicateType = read?.PredicateType;
        return read?.Subjects;
    }

    private const string DssePrefix = "dsse-sha256:";
    private const string SignaturePrefix = "signature-sha256:";

    /// <summary>Reads a DSSE envelope; null with a rejected item where it is none.</summary>
    public static Envelope? ReadDsse(Node dsse, out NormalisedItem? refusal)
    {
        refusal = dsse["signatures"].Items.Count == 0
            ? dsse["signatures"].Reject("an envelope without a signature is no ledger entry")
            : !dsse["payload"].HasValue ? dsse["payload"].Reject("payload is missing")
            : null;
        return refusal is null ? new Envelope(dsse, isDsse: true, dsse.Sha256(), DssePrefix) : null;
    }

    private static Envelope? ReadMessage(Node message, out NormalisedItem? refusal)
    {
        Node signature = message["signature"];
        bool readable = SignatureId(signature) is not null && !signature.IsAmbiguous;
        refusal = readable ? null : signature.Reject("signature must be stated once, in base64: the entry is known by it");
        return readable ? new Envelope(message, isDsse: false, signature.DecodeBase64().Sha256(), SignaturePrefix) : null;
    }

    private IReadOnlyList<Subject>? MessageSubject(
        LogEntry? entry, string instance, string recordId, out NormalisedItem? refusal)
    {
        Node place = _content["messageDigest"]["digest"];
        Digest? digest;
        bool foreign;
        if (_content["messageDigest"].HasValue)
        {
            digest = SignedDigest.OfBase64(_content["messageDigest"]["algorithm"], place, out foreign);
        }
        else if (entry is not null && RekorBody.Open(entry.Body, instance, recordId, out _) is { IsHashed: true } body)
        {
            // The digest is optional in a bundle; what the log has of the same signature names it.
            digest = body.DataHash(out place, out foreign);
        }
        else
        {
            refusal = new NormalisedItem.Hint("a message signature that says no digest of its message", instance, recordId);
            return null;
        }

        refusal = place.IsAmbiguous ? place.Reject("stated more than once")
            : digest is not null ? null
            : foreign ? new NormalisedItem.Irrelevant("the message's digest is of another algorithm than OCI content")
            : place.Reject("not a SHA2_256, SHA2_384 or SHA2_512 digest of the right length");
        return refusal is null ? [new Subject(null, digest, DigestKind.Unknown, place.Place)] : null;
    }
}
