using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>With what the derived tables were made, and until when the reconcilers of that policy have them for themselves.</summary>
internal sealed record DerivedWith
{
    /// <summary>Derivation and policy; see <see cref="Folding.Derivation"/>.</summary>
    public string Stamp { get; init; } = "";

    /// <summary>Nobody else derives anew before; null where nobody said so.</summary>
    public DateTimeOffset? HeldUntil { get; init; }
}

/// <summary>
/// The one row that says with what the derived tables were made. Concurrency: who demands a stamp keeps it until his
/// transaction ends, so that no other derivation comes in between; who takes the row over waits for those.
/// </summary>
internal sealed class DerivationMark(string engine)
{
    private readonly DerivationStatements _sql = DerivationStatements.For(engine);

    /// <summary>The row; null before the first derivation.</summary>
    public static Task<DerivedWith?> ReadAsync(StoreSnapshot snapshot) =>
        snapshot.SingleOrDefaultAsync<DerivedWith>(DerivationStatements.Mark);

    /// <summary>The row, which nobody else takes over before the transaction ends.</summary>
    public Task<DerivedWith?> LockAsync(StoreTransaction transaction) =>
        transaction.SingleOrDefaultAsync<DerivedWith>(_sql.Lock);

    /// <summary>Writes the row.</summary>
    public static async Task SetAsync(StoreTransaction transaction, string stamp, DateTimeOffset heldUntil)
    {
        await transaction.ExecuteAsync(DerivationStatements.ForgetMark);
        await transaction.ExecuteAsync(DerivationStatements.SetMark, new { stamp, heldUntil });
    }

    /// <summary>Goes on holding; false where the row has another stamp.</summary>
    public static async Task<bool> HoldAsync(StoreTransaction transaction, string stamp, DateTimeOffset heldUntil) =>
        await transaction.ExecuteAsync(DerivationStatements.Hold, new { stamp, heldUntil }) > 0;

    /// <summary>Lets a transaction go on only where the derived tables are those of a stamp, be it still being derived.</summary>
    /// <exception cref="OtherPolicyException">They are those of another one.</exception>
    public async Task DemandAsync(StoreTransaction transaction, string stamp)
    {
        DerivedWith? now = await transaction.SingleOrDefaultAsync<DerivedWith>(_sql.Keep);
        if (now is not null && !now.Stamp.StartsWith(stamp, StringComparison.Ordinal))
        {
            throw new OtherPolicyException();
        }
    }
}

/// <summary>The evidence was derived under another policy than this process's: it must not be written to from here.</summary>
public sealed class OtherPolicyException : Exception
{
    /// <summary>With what to do.</summary>
    public OtherPolicyException()
        : base("another reconciler has derived this store's evidence under another policy since: restart this one, with the same Reconciler:PolicyFile and version as the others")
    {
    }

    /// <summary>With a message of one's own.</summary>
    public OtherPolicyException(string message)
        : base(message)
    {
    }

    /// <summary>With a message of one's own, and the cause.</summary>
    public OtherPolicyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
