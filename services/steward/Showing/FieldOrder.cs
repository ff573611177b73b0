namespace ReleaseIntegrity.Steward.Showing;

/// <summary>The order in which a person reads fields: identity, signature, approval, what runs. Unknown ones come last, by name.</summary>
internal static class FieldOrder
{
    private static readonly string[] Order =
    [
        "repository", "release-train", "manifest-digest", "tag-to-digest", "promotion-time", "active-tags",
        "signature-envelope-id", "signer-key-id", "signer-identity", "certificate-fingerprint", "certificate-lineage",
        "attestation-bundle", "ledger-write-time", "approved-tuple", "approval-time", "release-window", "exception-notes",
        "exception-bindings", "reviewer-state", "observed-digest", "admission-check", "cluster-id", "observation-time",
        "observed-envelope-id",
    ];

    /// <summary>The sources, in the order of their columns, with the columns' names.</summary>
    public static readonly IReadOnlyList<(string Source, string Heading)> Sources =
    [
        ("artifact-registry", "registry"), ("signature-ledger", "ledger"), ("change-snapshot", "change"), ("runtime-validation", "runtime"),
    ];

    /// <summary>The column of a source; unknown ones come last.</summary>
    public static int Column(string? source)
    {
        int column = 0;
        while (column < Sources.Count && Sources[column].Source != source)
        {
            column++;
        }

        return column;
    }

    /// <summary>Sorts by field.</summary>
    public static IOrderedEnumerable<T> InOrder<T>(this IEnumerable<T> items, Func<T, string> field) => items
        .OrderBy(i => Array.IndexOf(Order, field(i)) is var at && at >= 0 ? at : Order.Length)
        .ThenBy(field, StringComparer.Ordinal);
}
