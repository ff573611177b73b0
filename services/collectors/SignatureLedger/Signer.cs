using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Who signed, as one ledger entry states it: certificates, public keys and key ids, gathered and then written as
/// readings. Nothing is verified; what can't be read is said to be unreadable.
/// </summary>
internal sealed class Signer
{
    private const string FulcioIssuer = "1.3.6.1.4.1.57264.1.8";
    private const string FulcioIssuerRaw = "1.3.6.1.4.1.57264.1.1";

    private readonly List<(Node Node, string Value)> _identities = [];
    private readonly List<(Node Node, string Value)> _fingerprints = [];
    private readonly List<(Node Node, string Value)> _lineage = [];
    private readonly List<(Node Node, string Value)> _statedKeyIds = [];
    private readonly List<(Node Node, string Value)> _derivedKeyIds = [];
    private readonly List<Node> _certificates = [];
    private (Node Node, string Reason)? _badCertificate;
    private (Node Node, string Reason)? _badAncestor;
    private (Node Node, string Reason)? _badKey;
    private Node? _noCertificate;

    /// <summary>The latest start of validity of the signing certificates; null where there is none.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    /// <summary>A signing certificate: DER in base64, or PEM. An explicitly empty one is said to be empty.</summary>
    public Signer Certificate(Node node)
    {
        if (!node.HasValue)
        {
            return WithoutCertificate(node);
        }

        Node certificate = node.DecodeCertificate();
        if (certificate.Failure is not null)
        {
            _badCertificate ??= (node, "not an X.509 certificate (DER or PEM, in base64)");
            return this;
        }

        _certificates.Add(certificate);
        _fingerprints.Add((certificate["sha256"], certificate["sha256"].Text!));
        _derivedKeyIds.Add((certificate["spkiSha256"], PublicKeyText.KeyIdPrefix + certificate["spkiSha256"].Text));
        _identities.AddRange(certificate["subjectAltNames"].Items.Where(n => n.HasValue).Select(n => (n, n.Text!)));
        AddLineage("issuer-dn:", certificate["issuer"]);
        Node issuer = certificate["extensions"][FulcioIssuer];
        AddLineage("oidc-issuer:", issuer.HasValue ? issuer : certificate["extensions"][FulcioIssuerRaw]);
        if (Times.TryParse(certificate["notBefore"].Text, TimeFormats.Rfc3339, out DateTimeOffset start)
            && (NotBefore is null || start > NotBefore))
        {
            NotBefore = start;
        }

        return this;
    }

    /// <summary>A further certificate of the chain, or several in one PEM text.</summary>
    public Signer Ancestor(Node node)
    {
        foreach (Node certificate in node.DecodeCertificates())
        {
            if (certificate.Failure is not null)
            {
                _badAncestor ??= (node, "a chain certificate is not an X.509 certificate (DER or PEM, in base64)");
            }
            else
            {
                _lineage.Add((certificate["sha256"], "chain-sha256:" + certificate["sha256"].Text));
            }
        }

        return this;
    }

    /// <summary>An explicitly empty place for certificates. An absent one says nothing.</summary>
    public Signer WithoutCertificate(Node node)
    {
        _noCertificate ??= node;
        return this;
    }

    /// <summary>What a log entry names as its verifier: a PEM certificate or a PEM public key.</summary>
    public Signer Verifier(Node node) =>
        !node.HasValue ? this : PublicKeyText.IsCertificate(node) ? Certificate(node) : PublicKey(node);

    /// <summary>A public key.</summary>
    public Signer PublicKey(Node node)
    {
        if (PublicKeyText.KeyId(node) is { } keyId)
        {
            _derivedKeyIds.Add((node, keyId));
        }
        else if (node.HasValue)
        {
            _badKey ??= (node, "neither a certificate nor a public key (PEM, or DER in base64)");
        }

        return this;
    }

    /// <summary>A key id that the entry states; an empty one is none (DSSE protocol: <c>keyid</c> is optional).</summary>
    public Signer KeyId(Node node)
    {
        if (node.Value is { } keyId)
        {
            _statedKeyIds.Add((node, keyId));
        }

        return this;
    }

    /// <summary>Whether a key id has been stated.</summary>
    public bool HasKeyId => _statedKeyIds.Count > 0;

    /// <summary>Writes the readings.</summary>
    /// <param name="readings">Where to.</param>
    /// <param name="container">The node that holds all the signers, the place of values that come from several.</param>
    public void WriteTo(Readings readings, Node container)
    {
        if (_badCertificate is var (bad, reason))
        {
            readings.Unreadable(Field.CertificateFingerprint, bad, reason);
        }
        else if (_certificates.Count == 0 && _noCertificate is not null)
        {
            readings.Empty(Field.CertificateFingerprint, _noCertificate);
        }

        if (_badAncestor is var (ancestor, ancestorReason))
        {
            readings.Unreadable(Field.CertificateLineage, ancestor, ancestorReason);
        }

        Node certificates = _certificates.Count == 1 ? _certificates[0] : container;
        Node names = _certificates.Count == 1 ? _certificates[0]["subjectAltNames"] : container;
        bool ownLineage = _lineage.All(v => !v.Value.StartsWith("chain-", StringComparison.Ordinal));
        Write(readings, Field.SignerIdentity, _identities, names);
        Write(readings, Field.CertificateFingerprint, _fingerprints, container);
        Write(readings, Field.CertificateLineage, _lineage, ownLineage ? certificates : container);
        Write(readings, Field.SignerKeyId, _statedKeyIds.Count > 0 ? _statedKeyIds : _derivedKeyIds, container);
        if (_badKey is var (key, keyReason))
        {
            readings.Unreadable(Field.SignerKeyId, key, keyReason);
        }
    }

    /// <summary>Values of one field: at their own place where there is one, at the container's where there are more.</summary>
    public static void Write(Readings readings, Field field, List<(Node Node, string Value)> values, Node container)
    {
        if (values.Count == 1)
        {
            readings.Value(field, values[0].Node, values[0].Value);
        }
        else if (values.Count > 1)
        {
            readings.Values(field, container, values.Select(v => v.Value));
        }
    }

    private void AddLineage(string prefix, Node node)
    {
        if (node.Value is { } value)
        {
            _lineage.Add((node, prefix + value));
        }
    }
}
