using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>What is kept of artifact tuples beside their evidence: where their ledgers stand, packages, pins.</summary>
internal sealed class TupleTables(string engine)
{
    private readonly TupleStatements _sql = TupleStatements.For(engine);

    /// <summary>Those that there are, in the order of their keys.</summary>
    public Task<IReadOnlyList<StoredTuple>> FindAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        snapshot.QueryAsync<StoredTuple>(_sql.Find, new { tuples = snapshot.Keys(tupleKeys) });

    /// <summary>The keys of at most <paramref name="limit"/> tuples after a key, in order.</summary>
    public Task<IReadOnlyList<string>> PageAsync(StoreSnapshot snapshot, string after, int limit) =>
        snapshot.QueryAsync<string>(_sql.Page, new { after, limit });

    /// <summary>The canonical documents of the packages of tuples that are still to be decided on.</summary>
    public Task<IReadOnlyList<byte[]>> OpenPackagesAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        snapshot.QueryAsync<byte[]>(_sql.OpenPackages, new { tuples = snapshot.Keys(tupleKeys) });

    /// <summary>The pins on tuples.</summary>
    public async Task<ILookup<string, Pin>> PinsAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        (await snapshot.QueryAsync<PinRow>(_sql.Pins, new { tuples = snapshot.Keys(tupleKeys) })).ToLookup(p => p.TupleKey, p => p.Pin);

    /// <summary>Writes tuples whose revisions are one more than the stored ones.</summary>
    public async Task SaveAsync(StoreTransaction transaction, IReadOnlyCollection<StoredTuple> tuples)
    {
        if (await transaction.ExecuteRowsAsync(_sql.Save, TupleStatements.Tuple, tuples) != tuples.Count)
        {
            throw new StaleRevisionException("an artifact tuple was changed by another writer");
        }
    }

    /// <summary>Appends to chains of packages.</summary>
    public async Task AppendAsync(StoreTransaction transaction, IReadOnlyCollection<ChainedPackage> packages)
    {
        if (await transaction.ExecuteRowsAsync(_sql.Append, TupleStatements.Package, packages) != packages.Count)
        {
            throw new StaleRevisionException("a chain of packages was continued by another writer");
        }
    }

    /// <summary>All packages of tuples, by tuple and number.</summary>
    public Task<IReadOnlyList<StoredPackage>> ChainsAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        snapshot.QueryAsync<StoredPackage>(_sql.Chains, new { tuples = snapshot.Keys(tupleKeys) });

    /// <summary>Marks packages as superseded or closed.</summary>
    public Task CloseAsync(StoreTransaction transaction, IReadOnlyCollection<EndedPackage> packages, DateTimeOffset at) =>
        transaction.ExecuteRowsAsync(_sql.Close, TupleStatements.Ended, packages, ("at", at));

    /// <summary>Places a pin, unless it is placed already.</summary>
    public Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin) =>
        transaction.ExecuteAsync(
            _sql.AddPin,
            new
            {
                key = EvidenceKeys.Of(tuple), field = WireNames.Of(pin.Field), pin.Sequence,
                chosen = JsonSerializer.Serialize(pin.Values), pin.CandidateSet, pin.ExpiresAt, pin.Reason,
            });

    private sealed record PinRow
    {
        public string TupleKey { get; init; } = "";

        public string Field { get; init; } = "";

        public long Sequence { get; init; }

        public string Chosen { get; init; } = "";

        public string CandidateSet { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public string Reason { get; init; } = "";

        public Pin Pin => new(
            WireNames.Parse<Field>(Field), JsonSerializer.Deserialize<string[]>(Chosen)!, CandidateSet, ExpiresAt, Sequence, Reason);
    }
}
