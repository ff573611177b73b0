using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>How a derivation is marked in the store. Storage format: version with care.</summary>
/// <param name="Done">When everything is derived.</param>
internal sealed record DerivationStamp(string Done)
{
    /// <summary>Raised whenever the same observations derive to other rows.</summary>
    private const int Version = 2;

    private const int ShortLength = 12;

    /// <summary>When the records are derived, and tuples are still to be reconciled. Begins with the other one.</summary>
    public string TuplesPending => $"{Done}/tuples-pending";

    /// <summary>The stamp of a policy.</summary>
    public static DerivationStamp Of(Policy policy) => new($"{Version}/{policy.Digest}");

    /// <summary>As people are told it.</summary>
    public static string Short(string stamp) => stamp.Length > ShortLength ? $"{stamp[..ShortLength]}…" : stamp;
}
