using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary>Makes signing certificates as Fulcio does (fulcio docs/oid-info.md): short-lived, identity in the SAN.</summary>
internal static class FulcioCertificate
{
    public const string Issuer = "https://token.actions.example/oidc";
    public const string Workflow = "https://code.example/acme/shop/.ci/release.yml@refs/tags/v4";
    public const string EMail = "release.bot@acme.example";
    public const string Account = "spiffe-less-account";
    private const string Arc = "1.3.6.1.4.1.57264.1.";
    public static readonly DateTimeOffset NotBefore = new(2026, 3, 22, 9, 58, 30, TimeSpan.Zero);

    /// <summary>With a URI identity and both spellings of the OIDC issuer.</summary>
    public static X509Certificate2 ForWorkflow() => Make(Uri(Workflow), Raw("1", Issuer), Der("8", Issuer));

    /// <summary>With an e-mail identity and the old, raw spelling of the issuer only.</summary>
    public static X509Certificate2 ForEMail() => Make(Mail(EMail), Raw("1", Issuer));

    /// <summary>With an otherName identity under Fulcio's own object id.</summary>
    public static X509Certificate2 ForAccount() => Make(OtherName(Arc + "7", Account), Der("8", Issuer));

    /// <summary>With an otherName under somebody else's object id, still a UTF-8 string.</summary>
    public static X509Certificate2 ForUserPrincipal(string name) => Make(OtherName("1.3.6.1.4.1.311.20.2.3", name));

    /// <summary>Without a SAN: a plain code-signing certificate.</summary>
    public static X509Certificate2 WithoutIdentity() => Make(null);

    /// <summary>Two identities in one certificate.</summary>
    public static X509Certificate2 ForBoth()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(Workflow));
        names.AddEmailAddress(EMail);
        return Make(names.Build());
    }

    /// <summary>An authority's certificate, for chains.</summary>
    public static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}, O=acme.example", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(NotBefore.AddYears(-1), NotBefore.AddYears(9));
    }

    public static string Base64(this X509Certificate2 certificate) => Convert.ToBase64String(certificate.RawData);

    public static string Fingerprint(this X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    public static string KeyId(this X509Certificate2 certificate) =>
        "spki-sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static X509Certificate2 Make(X509Extension? names, params X509Extension[] extensions)
    {
        using ECDsa issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        foreach (X509Extension extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.Create(
            new X500DistinguishedName("CN=acme-intermediate, O=acme.example"),
            X509SignatureGenerator.CreateForECDsa(issuerKey), NotBefore, NotBefore.AddMinutes(10), [1, 2, 3, 4]);
    }

    private static X509Extension Uri(string value)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(value));
        return names.Build();
    }

    private static X509Extension Mail(string value)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress(value);
        return names.Build();
    }

    private static X509Extension OtherName(string oid, string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: true);
    }

    private static X509Extension Raw(string arc, string value) =>
        new(Arc + arc, System.Text.Encoding.UTF8.GetBytes(value), critical: false);

    private static X509Extension Der(string arc, string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
        return new X509Extension(Arc + arc, writer.Encode(), critical: false);
    }
}
