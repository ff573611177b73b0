using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// The evidence of all artifact tuples in tables. It gives what <see cref="EvidenceBase"/> gives in memory, which is its
/// definition: any order, repetition or splitting of the same observations leads to the same evidence.
/// <para>
/// Concurrency: all members work inside the caller's transaction. Where transactions write beside each other, those that
/// could bind to each other, or concern one tuple, wait for each other (<see cref="BindingLocks"/>): adding takes what it
/// binds, and reading to decide takes the tuples. Beyond that, every update of a record, tuple or package carries the
/// revision that it was decided on in its <c>WHERE</c>; where another writer was faster it throws
/// <see cref="StaleRevisionException"/>, and the transaction is to be run anew.
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
    /// heard.
    /// </summary>
    /// <param name="transaction">Where they are added.</param>
    /// <param name="delivered">Each of them counts as a delivery of its item.</param>
    /// <param name="reread">
    /// Each of them counts with another one, added before or still to come: the same item, with another extraction time.
    /// </param>
    Task<AddedEvidence> AddAsync(
        StoreTransaction transaction, IReadOnlyCollection<Observation> delivered, IReadOnlyCollection<Observation> reread);

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

    /// <summary>
    /// What is known of tuples, in the order of their keys: where they stand, and their evidence, be it named, bound by
    /// digest or repository, or pinned. Keys that no observation names are left out.
    /// </summary>
    /// <param name="snapshot">Where it is read.</param>
    /// <param name="tupleKeys">The tuples.</param>
    /// <param name="added">What the same transaction has added, which then needs not be read again.</param>
    Task<IReadOnlyList<KnownTuple>> KnownAsync(
        StoreSnapshot snapshot, IReadOnlyCollection<string> tupleKeys, AddedEvidence? added = null);

    /// <summary>Writes tuples whose revisions are one more than the stored ones.</summary>
    /// <exception cref="StaleRevisionException">A stored one is another.</exception>
    Task SaveAsync(StoreTransaction transaction, IReadOnlyCollection<StoredTuple> tuples);

    /// <summary>Notes which tuples begin, and which end, to wait to hear a source instance again.</summary>
    Task AwaitAsync(
        StoreTransaction transaction, IReadOnlyCollection<AwaitedInstance> begun, IReadOnlyCollection<AwaitedInstance> ended);

    /// <summary>Appends to chains of packages.</summary>
    /// <exception cref="StaleRevisionException">A chain has that revision already.</exception>
    Task AppendAsync(StoreTransaction transaction, IReadOnlyCollection<ChainedPackage> packages);

    /// <summary>Marks packages as superseded or closed.</summary>
    Task CloseAsync(StoreTransaction transaction, IReadOnlyCollection<EndedPackage> packages, DateTimeOffset at);

    /// <summary>All packages of tuples, by tuple and number.</summary>
    Task<IReadOnlyList<StoredPackage>> ChainsAsync(StoreSnapshot snapshot, IReadOnlyCollection<string> tupleKeys);

    /// <summary>Places a steward's pin; placing the same one again changes nothing.</summary>
    Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin);

    /// <summary>How every stored item of a notification ended, judged over all evidence.</summary>
    Task<IReadOnlyList<StoredItem>> OutcomesAsync(StoreSnapshot snapshot, string notificationSha256);

    /// <summary>How many deliveries of items ended in each way, judged over all evidence.</summary>
    Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(StoreSnapshot snapshot);

    /// <summary>
    /// Of kept notifications those on which nothing rests: no ledger as it stands, no evidence that waits to be bound, and no
    /// package that is open. One of which not every observation has come is not among them, nor is one that is not known.
    /// </summary>
    Task<IReadOnlyList<string>> UnreferencedAsync(StoreSnapshot snapshot, IReadOnlyCollection<KeptReading> readings);

    /// <summary>Derives all records and bindings anew from the observations. Ledgers and packages stay.</summary>
    /// <param name="transaction">Where they are derived.</param>
    /// <param name="derived">Told how many more records are derived.</param>
    Task DeriveAsync(StoreTransaction transaction, Action<int> derived);
}

/// <summary>How one item ended.</summary>
/// <param name="NotificationSha256">Address of the kept notification.</param>
/// <param name="Format">The format that was normalised.</param>
/// <param name="ItemIndex">Index of the item within the notification.</param>
/// <param name="Outcome">How it ended: applied, superseded, duplicate or unbound.</param>
/// <param name="Deliveries">
/// How often it was delivered; all but one of them are duplicates, however it ended. 0 as long as only a rereading of it
/// has come.
/// </param>
public sealed record StoredItem(
    string NotificationSha256, string Format, int ItemIndex, ItemOutcome Outcome, long Deliveries);
