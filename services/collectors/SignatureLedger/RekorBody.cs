using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// The canonicalised body of a Rekor entry (rekor <c>pkg/types</c>, rekor-tiles <c>CLIENTS.md</c>): what was signed, by
/// whom, and under which envelope hash. Kinds <c>hashedrekord</c>, <c>dsse</c> and <c>intoto</c>, in the versions of
/// Rekor v1 and v2.
/// </summary>
internal sealed class RekorBody
{
    private static readonly string[] KindsOfPackages = ["alpine", "helm", "jar", "rfc3161", "rpm", "tuf"];
    private static readonly string[] KindsOfPayloads = ["cose", "rekord"];

    private readonly Node _spec;
    private readonly Node _specV2;

    private RekorBody(Node body)
    {
        Body = body;
        _spec = body["spec"];
        _specV2 = _spec[Kind == "dsse" ? "dsseV002" : "hashedRekordV002"];
    }

    /// <summary>The body's root.</summary>
    public Node Body { get; }

    /// <summary>The kind, as the body spells it.</summary>
    public string? Kind => Body["kind"].String;

    /// <summary>Whether the entry is about a hash (<c>hashedrekord</c>), and not about a DSSE envelope.</summary>
    public bool IsHashed => Kind == "hashedrekord";

    /// <summary>
    /// Opens a body, if it is of a kind and version that this project maps; null with the item that it is instead.
    /// </summary>
    /// <param name="body">The body's root.</param>
    /// <param name="instance">The log to ask, for a hint.</param>
    /// <param name="recordId">What to ask for.</param>
    /// <param name="refusal">The item instead of an observation.</param>
    public static RekorBody? Open(Node body, string instance, string recordId, out NormalisedItem? refusal)
    {
        string? kind = body["kind"].String;
        string? version = body["apiVersion"].String;
        refusal = body.Failure
            ?? (body["kind"].IsAmbiguous || body["apiVersion"].IsAmbiguous || body["spec"].IsAmbiguous
                ? body.Reject("kind, apiVersion or spec is stated more than once") : null)
            ?? (kind is null ? body["kind"].Reject("kind is missing: nothing says what the entry's body is") : null)
            ?? OfOtherKind(kind!, instance, recordId)
            ?? ((kind, version) is ("hashedrekord" or "dsse", "0.0.1" or "0.0.2") or ("intoto", "0.0.1" or "0.0.2")
                ? null : body["apiVersion"].Reject("a version of this kind of entry that is not mapped (0.0.1 and 0.0.2 are)"));
        return refusal is null ? new RekorBody(body) : null;
    }

    /// <summary>
    /// The hash of what was signed, by an entry of kind <c>hashedrekord</c> or the older <c>rekord</c>; null for any other body.
    /// </summary>
    public static Digest? PayloadHash(Node body) =>
        body["kind"].String is not ("hashedrekord" or "rekord") || body["kind"].IsAmbiguous ? null
        : new RekorBody(body).DataHash(out Node place, out _) is { } digest && !place.IsAmbiguous ? digest
        : null;

    /// <summary>The hash that a <c>hashedrekord</c> is about; null where it has none that is an OCI digest.</summary>
    /// <param name="place">The node that holds it.</param>
    /// <param name="foreign">Whether it is a hash of another algorithm, and not a malformed one.</param>
    public Digest? DataHash(out Node place, out bool foreign)
    {
        Node data = _specV2.Exists ? _specV2["data"] : _spec["data"]["hash"];
        place = data[_specV2.Exists ? "digest" : "value"];
        return _specV2.Exists
            ? SignedDigest.OfBase64(data["algorithm"], place, out foreign)
            : SignedDigest.OfHex(data["algorithm"].String, place, out foreign);
    }

    /// <summary>The signature of a <c>hashedrekord</c>, base64.</summary>
    public Node Signature => _specV2.Exists ? _specV2["signature"]["content"] : _spec["signature"]["content"];

    /// <summary>
    /// The hash of the envelope that a <c>dsse</c> or <c>intoto</c> entry is about, typed as envelope ids are; null where the
    /// body states none (hashes of Rekor v2 entries are about the payload only).
    /// </summary>
    public (Node Node, string Value)? EnvelopeHash
    {
        get
        {
            Node hash = Kind == "intoto" ? _spec["content"]["hash"] : _spec["envelopeHash"];
            Node value = hash["value"];
            return SignedDigest.OfHex(hash["algorithm"].String, value, out _) is { } digest && !value.IsAmbiguous
                ? (value, "dsse-" + digest.Text)
                : null;
        }
    }

    /// <summary>Who signed, as the body names them.</summary>
    public Signer Signers()
    {
        var signer = new Signer();
        if (IsHashed)
        {
            return _specV2.Exists ? VerifierV2(signer, _specV2["signature"]["verifier"])
                : signer.Verifier(_spec["signature"]["publicKey"]["content"]);
        }

        // intoto 0.0.1 names its one key beside the content; all the others name one per signature.
        signer.Verifier(_spec["publicKey"]);
        foreach (Node signature in SignatureList.Items)
        {
            Node verifier = signature[Kind == "intoto" ? "publicKey" : "verifier"];
            _ = verifier.Kind == NodeKind.Object ? VerifierV2(signer, verifier) : signer.Verifier(verifier);
            signer.KeyId(signature["keyid"]);
        }

        return signer;
    }

    /// <summary>The node that holds all signers.</summary>
    public Node Container => IsHashed || !SignatureList.Exists ? Body : SignatureList;

    private Node SignatureList => Kind == "intoto" ? _spec["content"]["envelope"]["signatures"]
        : _specV2.Exists ? _specV2["signatures"]
        : _spec["signatures"];

    private static Signer VerifierV2(Signer signer, Node verifier)
    {
        Node certificate = verifier["x509Certificate"]["rawBytes"];
        return certificate.Exists ? signer.Certificate(certificate) : signer.PublicKey(verifier["publicKey"]["rawBytes"]);
    }

    private static NormalisedItem? OfOtherKind(string kind, string instance, string recordId) => kind switch
    {
        "hashedrekord" or "dsse" or "intoto" => null,
        _ when KindsOfPayloads.Contains(kind) => new NormalisedItem.Hint(
            "an entry about a signed payload that it doesn't carry: the payload alone says which digest it is about", instance, recordId),
        _ when KindsOfPackages.Contains(kind) => new NormalisedItem.Irrelevant(
            "a log entry about a package, metadata or a time stamp, and not about an image"),
        _ => new NormalisedItem.Irrelevant("a log entry of a kind that is not known to sign images"),
    };
}
