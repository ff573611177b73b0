using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// Fixed-width keys of records, tuples, repositories and source instances, whose own ids have no bounded length: lower-case hex of a SHA-256, cut to 32
/// digits. Storage format: version with care.
/// </summary>
public static class EvidenceKeys
{
    private const int KeyBytes = 16;

    /// <summary>The key of a source record.</summary>
    public static string Of(SourceRecord record) =>
        Key(WireNames.Of(record.Source), record.Instance, WireNames.Of(record.Kind), record.Id);

    /// <summary>The key of a canonical tuple.</summary>
    public static string Of(ImageReference tuple) =>
        Key("tuple", tuple.Registry, tuple.Repository, tuple.Tag ?? "");

    /// <summary>The key of a source instance.</summary>
    public static string OfInstance(Source source, string instance) => Key("instance", WireNames.Of(source), instance);

    /// <summary>The key of a repository, by its canonical coordinates.</summary>
    public static string OfRepository(string coordinates) => Key("repository", coordinates);

    // Lengths keep neighbouring parts apart, whatever they contain.
    private static string Key(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(128);
        foreach (string part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())), 0, KeyBytes);
    }
}
