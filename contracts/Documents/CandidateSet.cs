using System.Security.Cryptography;
using System.Text;

namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>
/// Names the set of values from which a steward may choose, so that a pin lapses when it changes. Who shows a ledger and
/// who decides on one must come to the same name. Storage and wire format: version with care.
/// </summary>
public static class CandidateSet
{
    private static readonly string[] NotToChoose = ["skewed", "withdrawn", "unreadable", "other-digest"];

    /// <summary>Whether a candidate of this outcome is one of the set.</summary>
    public static bool Has(string outcome) => !NotToChoose.Contains(outcome, StringComparer.Ordinal);

    /// <summary>Hash of a field's set, as an unmasked document shows it; of a masked one it means nothing.</summary>
    public static string HashOf(FieldView field) =>
        HashOf(field.Candidates.Where(c => Has(c.Outcome)).Select(c => c.Value?.Values ?? []));

    /// <summary>Lower-case hex SHA-256 of the distinct values, whoever says them and in whatever order.</summary>
    public static string HashOf(IEnumerable<IReadOnlyList<string>> values)
    {
        IEnumerable<string> distinct = values.Select(v => string.Join('\n', v)).Distinct().Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', distinct))));
    }
}
