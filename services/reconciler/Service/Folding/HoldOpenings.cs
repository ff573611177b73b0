using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Since when the holds of a tuple's ledger are open, as the tuple keeps it: a line each, in the order of the ledger's fields,
/// of id, instant and the hash of the ledger that opened it, by tabs. Storage format: version with care.
/// </summary>
internal static class HoldOpenings
{
    /// <summary>The openings of a new ledger's holds: those that it opens, and of the others what is known.</summary>
    /// <param name="before">What was kept.</param>
    /// <param name="holds">The ids of the ledger's holds.</param>
    /// <param name="opened">Those that it opens.</param>
    /// <param name="at">When it is recorded.</param>
    /// <param name="sha256">Its hash.</param>
    public static string After(string? before, IReadOnlyList<string> holds, IReadOnlyList<string> opened, DateTimeOffset at, string sha256)
    {
        var known = Read(before).ToDictionary(o => o.HoldId, StringComparer.Ordinal);
        IEnumerable<HoldOpening> now = holds
            .Select(id => opened.Contains(id) ? new HoldOpening(id, at, sha256) : known.GetValueOrDefault(id))
            .OfType<HoldOpening>();
        return string.Join('\n', now.Select(o => $"{o.HoldId}\t{StoredTypes.TextOf(o.At)}\t{o.LedgerSha256}"));
    }

    /// <summary>What is kept.</summary>
    public static IReadOnlyList<HoldOpening> Read(string? stored) => string.IsNullOrEmpty(stored)
        ? []
        : [.. stored.Split('\n').Select(line => line.Split('\t')).Select(part => new HoldOpening(part[0], StoredTypes.InstantOf(part[1]), part[2]))];
}
