using System.Security.Cryptography;

namespace ReleaseIntegrity.Export;

/// <summary>The key that signs exported packages: ECDSA over P-256 with SHA-256. Safe for concurrent use.</summary>
public sealed class ExportKey
{
    private const int MaximumFileBytes = 16 * 1024;
    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    private ExportKey(ECDsa key)
    {
        _key = key;
        PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() + "\n";
        Id = IdOf(key);
    }

    /// <summary>Lower-case hex SHA-256 of the SubjectPublicKeyInfo (RFC 5280, section 4.1).</summary>
    public string Id { get; }

    /// <summary>The public key, for those who verify.</summary>
    public string PublicKeyPem { get; }

    /// <summary>A new key.</summary>
    public static ExportKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a private key from PEM: <c>EC PRIVATE KEY</c> or <c>PRIVATE KEY</c>.</summary>
    /// <exception cref="ExportKeyException">It is none of P-256; the text names the fix and never the content.</exception>
    public static ExportKey Parse(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            key.ExportParameters(includePrivateParameters: true);
            return IsP256(key) ? new ExportKey(key) : throw Unusable("is of another curve than P-256", null);
        }
        catch (Exception bad) when (bad is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw Unusable("holds no private key in PEM", bad);
        }
    }

    /// <summary>Reads a key file.</summary>
    /// <exception cref="ExportKeyException">The file is missing, too large or holds no such key; the text names the fix.</exception>
    public static ExportKey Read(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaximumFileBytes ? throw Unusable("is too large for a key", null) : Parse(File.ReadAllText(path));
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"can't be read ({bad.GetType().Name})", bad);
        }
    }

    /// <summary>The private key as PEM, for a file that nobody else reads.</summary>
    public string PrivateKeyPem() => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>The id only: a key in a log line is no secret any more.</summary>
    public override string ToString() => Id;

    /// <summary>A signature in the form of RFC 3279, section 2.2.3.</summary>
    internal byte[] Sign(byte[] data)
    {
        lock (_lock)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    internal static bool IsP256(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;

    internal static string IdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private static ExportKeyException Unusable(string why, Exception? cause) => new(
        $"the export key {why}; make one with: (umask 077; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out export.key)", cause);
}

/// <summary>A key can't be used; the message says why and what to do, and never holds a part of the key.</summary>
public sealed class ExportKeyException(string message, Exception? innerException) : Exception(message, innerException);
