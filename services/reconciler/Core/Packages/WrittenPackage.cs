using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Core;

/// <summary>A package's document, written once, with the two hashes that are taken of parts of it.</summary>
/// <param name="Id">SHA-256 of the canonical content without the id.</param>
/// <param name="DecisionKey">What <see cref="PackageDocument.DecisionKey"/> gives for the content.</param>
/// <param name="Canonical">The canonical content, UTF-8.</param>
public sealed record WrittenPackage(string Id, string DecisionKey, byte[] Canonical)
{
    private const int HexDigits = 2 * SHA256.HashSizeInBytes;

    /// <summary>Writes a package.</summary>
    public static WrittenPackage Of(CorrectionPackage package)
    {
        using var writer = new CanonicalWriter();
        (Range id, Range ledgerPolicy, Range policy) = PackageDocument.Write(package, writer);
        Span<byte> content = writer.Written;
        string hash = HashWithout(content, id);
        string decisionKey = HashWithout(content, id, ledgerPolicy, policy);

        // The member ends with the digits and their quotation mark.
        Encoding.ASCII.GetBytes(hash, content[(id.End.Value - 1 - HexDigits)..(id.End.Value - 1)]);
        return new WrittenPackage(hash, decisionKey, content.ToArray());
    }

    private static string HashWithout(ReadOnlySpan<byte> content, params ReadOnlySpan<Range> members)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int start = 0;
        foreach (Range member in members)
        {
            hash.AppendData(content[start..member.Start.Value]);
            start = member.End.Value;
        }

        hash.AppendData(content[start..]);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
