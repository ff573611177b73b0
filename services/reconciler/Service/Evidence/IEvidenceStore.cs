using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// The evidence of all artifact tuples in tables. It gives what <see cref="EvidenceBase"/> gives in memory, which is its
/// definition: any order, repetition or splitting of the same observations leads to the same evidence.
/// <para>
/// Concurrency: all members work inside the caller's transaction, and rely on <see cref="IStore"/>'s promise that writes
/// are serialisable among each other (two records that bind to each other must not miss each other). Beyond that, every
/// update of a record, tuple or package carries the revision that it was decided on in its <c>WHERE</c>; where another
/// writer was faster it throws <see cref="StaleRevisionException"/>, and the transaction is to be run anew.
/// </para>
/// <para>
/// Failure: nothing is kept of a transaction that fails. Adding is idempotent, so one whose outcome is unknown is
/// simply run again; only the count of deliveries would then be off, which the caller's inbox prevents.
/// </para>
/// </summary>
public interface IEvidenceStore
{
    /// <summary>
    /// Adds observations, joins them into their records, and notes what they bind and that their source instances were
    /// heard. Returns the keys of all tuples whose evidence may differ now, in either direction of binding.
    /// </summary>
    Task<IReadOnlySet<string>> AddAsync(StoreTransaction transaction, IReadOnlyCollection<Observation> observations);

    /// <summary>
    /// Notes that source instances were heard, whatever they said. Returns the keys of the tuples that waited for a sign
    /// of life of them.
    /// </summary>
    Task<IReadOnlySet<string>> HeardAsync(
        StoreTransaction transaction, IReadOnlyCollection<(Source Source, string Instance, DateTimeOffset At)> heard);

    /// <summary>One tuple, or null when no observation names it.</summary>
    Task<StoredTuple?> FindAsync(StoreSnapshot snapshot, string tupleKey);

    /// <summary>The keys of at most <paramref name="limit"/> tuples after a key, in order.</summary>
    Task<IReadOnlyList<string>> TupleKeysAsync(StoreSnapshot snapshot, string afterKey, int limit);

    /// <summary>When each source instance was last heard.</summary>
    Task<IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset>> WatermarksAsync(StoreSnapshot snapshot);

    /// <summary>The evidence of a tuple: named, bound by digest or repository, and pinned.</summary>
    Task<TupleEvidence> EvidenceOfAsync(
        StoreSnapshot snapshot,
        ImageReference tuple,
        IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> watermarks);

    /// <summary>Writes a tuple whose revision is one more than the stored one.</summary>
    /// <exception cref="StaleRevisionException">The stored one is another.</exception>
    Task SaveAsync(StoreTransaction transaction, StoredTuple tuple);

    /// <summary>Replaces the source instances that a tuple waits to hear again.</summary>
    Task ExpectAsync(StoreTransaction transaction, string tupleKey, IReadOnlyCollection<(Source Source, string Instance)> expired);

    /// <summary>Appends to a tuple's chain of packages.</summary>
    /// <exception cref="StaleRevisionException">The chain has that revision already.</exception>
    Task AppendAsync(StoreTransaction transaction, ChainedPackage package);

    /// <summary>Marks a package of the chain as superseded or closed.</summary>
    Task CloseAsync(StoreTransaction transaction, string tupleKey, long revision, DateTimeOffset at);

    /// <summary>Places a steward's pin; placing the same one again changes nothing.</summary>
    Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin);

    /// <summary>How every stored item of a notification ended, judged over all evidence.</summary>
    Task<IReadOnlyList<StoredItem>> OutcomesAsync(StoreSnapshot snapshot, string notificationSha256);

    /// <summary>How many deliveries of items ended in each way, judged over all evidence.</summary>
    Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(StoreSnapshot snapshot);

    /// <summary>What the derived tables were made with, as last stamped; null before.</summary>
    Task<string?> StampAsync(StoreSnapshot snapshot);

    /// <summary>Notes what the derived tables were made with.</summary>
    Task SetStampAsync(StoreTransaction transaction, string stamp);

    /// <summary>Derives all records and bindings anew from the observations. Ledgers and packages stay.</summary>
    Task DeriveAsync(StoreTransaction transaction);
}

/// <summary>How one item ended.</summary>
/// <param name="NotificationSha256">Address of the kept notification.</param>
/// <param name="Format">The format that was normalised.</param>
/// <param name="ItemIndex">Index of the item within the notification.</param>
/// <param name="Outcome">How it ended: applied, superseded, duplicate or unbound.</param>
/// <param name="Deliveries">How often it was delivered; all but one of them are duplicates, however it ended.</param>
public sealed record StoredItem(
    string NotificationSha256, string Format, int ItemIndex, ItemOutcome Outcome, long Deliveries);
