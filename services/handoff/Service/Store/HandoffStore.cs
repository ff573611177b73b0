using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>
/// What was handed off: current ledgers, their holds, all packages. Unmasked; only <see cref="Reading.MaskedDocuments"/>
/// takes content out of here. Every write is one transaction, idempotent, and gives the same rows in any order of
/// arrival, but for the sequence and the time of the hand-off, which are the record of that order.
/// </summary>
internal sealed class HandoffStore(IStore store, Masker masker, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>The schema of this store.</summary>
    public static MigrationSet Migrations { get; } = new("handoff", typeof(HandoffStore).Assembly);

    private readonly HandoffStatements _sql = HandoffStatements.For(store.Engine);

    /// <summary>Raised once packages have changed, on the store's own thread.</summary>
    public event Action? PackagesChanged;

    /// <summary>Queries.</summary>
    public Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken) =>
        store.ReadAsync(read, cancellationToken);

    /// <summary>
    /// Makes tuple ids and repository tokens anew where they were made with another key. Called once, before anything
    /// else; with the same key it changes nothing.
    /// </summary>
    public Task RekeyAsync(CancellationToken cancellationToken)
    {
        string mark = masker.TupleId(new ImageReference("key", "mark", null));
        return store.WriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync("update handoff set key_mark = @mark where key_mark <> @mark", new { mark }) == 0)
                {
                    return;
                }

                IReadOnlyList<TupleRow> tuples =
                    await transaction.QueryAsync<TupleRow>("select tuple_no, registry, repository, tag from tuple");
                await transaction.ExecuteRowsAsync(
                    _sql.UpdateTupleKeys,
                    HandoffStatements.TupleKeys,
                    [.. tuples.Select(t => (t.TupleNo, masker.TupleId(t.Reference), masker.RepositoryToken(t.Repository)))]);
            },
            cancellationToken);
    }

    /// <summary>Records a tuple's ledger if it is later than the one there is.</summary>
    public Task<FeedOutcome> RecordAsync(
        LedgerFacts facts, long revision, string sha256, string content, DateTimeOffset recordedAt, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                long tupleNo = await TupleNoAsync(transaction, facts.Tuple);
                LedgerRow? present = await transaction.SingleOrDefaultAsync<LedgerRow>(
                    "select revision, sha256 from ledger where tuple_no = @tupleNo", new { tupleNo });
                if (present is not null && present.Revision >= revision)
                {
                    return present.Revision > revision ? FeedOutcome.Stale
                        : present.Sha256 == sha256 ? FeedOutcome.Unchanged : FeedOutcome.Conflict;
                }

                await transaction.ExecuteAsync(
                    """
                    insert into ledger (tuple_no, revision, sha256, content, recorded_at, on_hold, release_train)
                    select @tupleNo, @revision, @sha256, @content, @recordedAt, @OnHold, @ReleaseTrain
                    where not exists (select 1 from ledger where tuple_no = @tupleNo)
                    """,
                    new { tupleNo, revision, sha256, content, recordedAt, facts.OnHold, facts.ReleaseTrain });
                await transaction.ExecuteAsync(
                    """
                    update ledger set revision = @revision, sha256 = @sha256, content = @content, recorded_at = @recordedAt,
                        on_hold = @OnHold, release_train = @ReleaseTrain
                    where tuple_no = @tupleNo
                    """,
                    new { tupleNo, revision, sha256, content, recordedAt, facts.OnHold, facts.ReleaseTrain });
                await ReplaceHoldsAsync(transaction, tupleNo, facts.Holds);
                return FeedOutcome.Changed;
            },
            cancellationToken);

    /// <summary>Records a package and finds its place in the chain.</summary>
    public Task<FeedOutcome> RecordAsync(NewPackage package, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                long tupleNo = await TupleNoAsync(transaction, package.Tuple);
                string? present = await transaction.SingleOrDefaultAsync<string>(
                    "select package_id from package where tuple_no = @tupleNo and revision = @Revision", new { tupleNo, package.Revision });
                if (present is not null)
                {
                    return present == package.PackageId ? FeedOutcome.Unchanged : FeedOutcome.Conflict;
                }

                bool superseded = await transaction.SingleAsync<long>(
                    "select count(*) from package where tuple_no = @tupleNo and revision > @Revision", new { tupleNo, package.Revision }) > 0;
                bool closed = await transaction.SingleAsync<long>(
                    "select count(*) from package_end where tuple_no = @tupleNo and revision = @Revision", new { tupleNo, package.Revision }) > 0;
                await SupersedePredecessorAsync(transaction, tupleNo, package.Revision);
                await InsertAsync(transaction, tupleNo, package, superseded ? States.Superseded : closed ? States.Closed : States.Prepared);
                transaction.OnCommitted(() => PackagesChanged?.Invoke());
                return superseded ? FeedOutcome.Stale : FeedOutcome.Changed;
            },
            cancellationToken);

    /// <summary>Records that a package ended without a successor, whether or not the package has arrived.</summary>
    public Task<FeedOutcome> RecordEndAsync(ImageReference tuple, long revision, DateTimeOffset closedAt, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                long tupleNo = await TupleNoAsync(transaction, tuple);
                int rows = await transaction.ExecuteAsync(
                    """
                    insert into package_end (tuple_no, revision, closed_at)
                    select @tupleNo, @revision, @closedAt
                    where not exists (select 1 from package_end where tuple_no = @tupleNo and revision = @revision)
                    """,
                    new { tupleNo, revision, closedAt });
                if (rows == 0)
                {
                    return FeedOutcome.Unchanged;
                }

                // A successor that arrived before has superseded it already.
                await transaction.ExecuteAsync(
                    """
                    update package set state = @closed, sequence = @sequence
                    where tuple_no = @tupleNo and revision = @revision and state = @prepared
                    """,
                    new { closed = States.Closed, prepared = States.Prepared, tupleNo, revision, sequence = await NextSequenceAsync(transaction) });
                transaction.OnCommitted(() => PackagesChanged?.Invoke());
                return FeedOutcome.Changed;
            },
            cancellationToken);

    /// <summary>Records that a hold was opened or released.</summary>
    public Task<FeedOutcome> RecordHoldAsync(
        ImageReference tuple, string holdId, bool opened, DateTimeOffset at, string ledgerSha256, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                long tupleNo = await TupleNoAsync(transaction, tuple);
                int rows = await transaction.ExecuteAsync(
                    """
                    insert into hold_event (tuple_no, hold_id, kind, at, ledger_sha256)
                    select @tupleNo, @holdId, @kind, @at, @ledgerSha256
                    where not exists (select 1 from hold_event where tuple_no = @tupleNo and hold_id = @holdId
                        and kind = @kind and at = @at and ledger_sha256 = @ledgerSha256)
                    """,
                    new { tupleNo, holdId, kind = opened ? "opened" : "released", at, ledgerSha256 });
                return rows == 1 ? FeedOutcome.Changed : FeedOutcome.Unchanged;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<long> TupleNoAsync(StoreTransaction transaction, ImageReference tuple)
    {
        var key = new
        {
            tuple.Registry,
            tuple.Repository,
            Tag = tuple.Tag ?? throw new MalformedFeedException("the tuple has no tag"),
            id = masker.TupleId(tuple),
            token = masker.RepositoryToken(tuple.Repository),
        };

        // Whatever is recorded about a tuple depends on what is there: one writer at a time.
        await transaction.LockAsync(["tuple/" + key.id]);
        await transaction.ExecuteAsync(
            """
            insert into tuple (registry, repository, tag, tuple_id, repository_token)
            select @Registry, @Repository, @Tag, @id, @token
            where not exists (select 1 from tuple where registry = @Registry and repository = @Repository and tag = @Tag)
            """,
            key);
        return await transaction.SingleAsync<long>(
            "select tuple_no from tuple where registry = @Registry and repository = @Repository and tag = @Tag", key);
    }

    private async Task ReplaceHoldsAsync(StoreTransaction transaction, long tupleNo, IReadOnlyList<HoldFacts> holds)
    {
        await transaction.ExecuteAsync(
            "delete from hold where tuple_no = @tupleNo; delete from hold_reason where tuple_no = @tupleNo", new { tupleNo });
        await transaction.ExecuteRowsAsync(_sql.InsertHolds, HandoffStatements.Holds, holds, ("tupleNo", tupleNo));
        await transaction.ExecuteRowsAsync(
            _sql.InsertHoldReasons,
            HandoffStatements.HoldReasons,
            [.. holds.SelectMany(hold => hold.Reasons.Select(reason => (reason, hold.Field))).Distinct()],
            ("tupleNo", tupleNo));
    }

    /// <summary>The package before this one has a new successor, so whoever watches must hear of it again.</summary>
    private async Task SupersedePredecessorAsync(StoreTransaction transaction, long tupleNo, long revision)
    {
        long? predecessor = await transaction.SingleAsync<long?>(
            "select max(revision) from package where tuple_no = @tupleNo and revision < @revision", new { tupleNo, revision });
        if (predecessor is not null)
        {
            await transaction.ExecuteAsync(
                "update package set state = @state, sequence = @sequence where tuple_no = @tupleNo and revision = @predecessor",
                new { state = States.Superseded, sequence = await NextSequenceAsync(transaction), tupleNo, predecessor });
        }
    }

    private async Task InsertAsync(StoreTransaction transaction, long tupleNo, NewPackage package, string state)
    {
        await transaction.ExecuteAsync(
            """
            insert into package (tuple_no, package_id, revision, supersedes, state, content, prepared_at, handed_off_at, release_train, sequence)
            values (@tupleNo, @PackageId, @Revision, @Supersedes, @state, @Content, @PreparedAt, @handedOffAt, @ReleaseTrain, @sequence)
            """,
            new
            {
                tupleNo,
                package.PackageId,
                package.Revision,
                package.Supersedes,
                state,
                package.Content,
                package.PreparedAt,
                handedOffAt = clock.GetUtcNow(),
                package.ReleaseTrain,
                sequence = await NextSequenceAsync(transaction),
            });
        await transaction.ExecuteAsync(
            _sql.InsertPackageReasons, new { tupleNo, package.Revision, reasons = transaction.Keys(package.Reasons) });
    }

    /// <summary>Sequences are given under the row's lock, so they become visible in their order.</summary>
    private Task<long> NextSequenceAsync(StoreTransaction transaction) => transaction.SingleAsync<long>(_sql.NextSequence);

    private sealed record TupleRow
    {
        public long TupleNo { get; init; }
        public string Registry { get; init; } = "";
        public string Repository { get; init; } = "";
        public string Tag { get; init; } = "";

        public ImageReference Reference => new(Registry, Repository, Tag);
    }
}

/// <summary>A package as the feed hands it to the store.</summary>
internal sealed record NewPackage
{
    public required ImageReference Tuple { get; init; }
    public required string PackageId { get; init; }
    public required long Revision { get; init; }
    public required string? Supersedes { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset PreparedAt { get; init; }
    public required string? ReleaseTrain { get; init; }
    public required IReadOnlyList<string> Reasons { get; init; }
}
