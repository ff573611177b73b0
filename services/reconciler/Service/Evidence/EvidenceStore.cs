using System.Text.Json;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>The evidence store in SQL that every engine understands; see <see cref="IEvidenceStore"/>.</summary>
public sealed class EvidenceStore(string engine, Policy policy) : IEvidenceStore
{
    private const int PageLimit = 200;

    private readonly EvidenceStatements _sql = EvidenceStatements.For(engine);
    private readonly RecordTables _records = new(policy);
    private readonly BindingTables _bindings = new(policy);
    private readonly OutcomeQueries _outcomes = new(new BindingTables(policy), EvidenceStatements.For(engine));

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> AddAsync(
        StoreTransaction transaction, IReadOnlyCollection<Observation> observations)
    {
        var changed = new List<string>();
        var indexes = new HashSet<(string, Digest)>();
        foreach (IGrouping<string, Observation> record in observations.GroupBy(o => EvidenceKeys.Of(o.Record)))
        {
            if (await _records.JoinAsync(transaction, record.Key, record) is not { } added)
            {
                continue;
            }

            changed.Add(record.Key);
            foreach (Observation observation in added)
            {
                if (await _bindings.BindAsync(transaction, record.Key, observation) is { } index)
                {
                    indexes.Add(index);
                }
            }
        }

        HashSet<string> affected = await BindingTables.AffectedAsync(transaction, changed, indexes);
        affected.UnionWith(await HeardAsync(
            transaction, [.. observations.Select(o => (o.Record.Source, o.Record.Instance, o.Lineage.ExtractedAt))]));
        return affected;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> HeardAsync(
        StoreTransaction transaction, IReadOnlyCollection<(Source Source, string Instance, DateTimeOffset At)> heard)
    {
        var waiting = new HashSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<(Source Source, string Instance), DateTimeOffset> instance in heard
            .GroupBy(h => (h.Source, h.Instance), h => h.At))
        {
            var row = new { source = WireNames.Of(instance.Key.Source), instance.Key.Instance, at = instance.Max() };
            int moved = await transaction.ExecuteAsync(
                "update watermark set heard_at = @at where source = @source and instance = @Instance and heard_at < @at", row);
            if (moved == 0)
            {
                moved = await transaction.ExecuteAsync(
                    """
                    insert into watermark (source, instance, heard_at) select @source, @Instance, @at
                    where not exists (select 1 from watermark where source = @source and instance = @Instance)
                    """,
                    row);
            }

            if (moved > 0)
            {
                waiting.UnionWith(await transaction.QueryAsync<string>(
                    "select tuple_key from expired_window where source = @source and instance = @Instance", row));
            }
        }

        return waiting;
    }

    /// <inheritdoc/>
    public Task<StoredTuple?> FindAsync(StoreSnapshot snapshot, string tupleKey) =>
        snapshot.SingleOrDefaultAsync<StoredTuple>(
            """
            select tuple_key, registry, repository, tag, revision, ledger_sha256, ledger, package_revision, package_id, decision_key
            from tuple where tuple_key = @tupleKey
            """,
            new { tupleKey });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> TupleKeysAsync(StoreSnapshot snapshot, string afterKey, int limit) =>
        snapshot.QueryAsync<string>(_sql.TupleKeyPage, new { after = afterKey, limit });

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset>> WatermarksAsync(StoreSnapshot snapshot)
    {
        IReadOnlyList<WatermarkRow> rows =
            await snapshot.QueryAsync<WatermarkRow>("select source, instance, heard_at from watermark");
        return rows.ToDictionary(r => (WireNames.Parse<Source>(r.Source), r.Instance), r => r.HeardAt);
    }

    /// <inheritdoc/>
    public async Task<TupleEvidence> EvidenceOfAsync(
        StoreSnapshot snapshot,
        ImageReference tuple,
        IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> watermarks)
    {
        IReadOnlyList<PinRow> pins = await snapshot.QueryAsync<PinRow>(
            "select field, sequence, chosen, candidate_set, expires_at, reason from pin where tuple_key = @key",
            new { key = EvidenceKeys.Of(tuple) });
        return new TupleEvidence
        {
            Tuple = tuple,
            Records = await BindingTables.RecordsOfAsync(snapshot, tuple),
            Watermarks = watermarks,
            Pins = [.. pins.Select(p => p.Pin)],
        };
    }

    /// <inheritdoc/>
    public async Task SaveAsync(StoreTransaction transaction, StoredTuple tuple)
    {
        int saved = await transaction.ExecuteAsync(
            """
            update tuple set
              revision = @Revision, ledger_sha256 = @LedgerSha256, ledger = @Ledger,
              package_revision = @PackageRevision, package_id = @PackageId, decision_key = @DecisionKey
            where tuple_key = @TupleKey and revision = @Revision - 1
            """,
            tuple);
        if (saved != 1)
        {
            throw new StaleRevisionException("an artifact tuple was changed by another writer");
        }
    }

    /// <inheritdoc/>
    public async Task ExpectAsync(
        StoreTransaction transaction, string tupleKey, IReadOnlyCollection<(Source Source, string Instance)> expired)
    {
        await transaction.ExecuteAsync("delete from expired_window where tuple_key = @tupleKey", new { tupleKey });
        await transaction.ExecuteAsync(
            "insert into expired_window (source, instance, tuple_key) values (@source, @Instance, @tupleKey)",
            expired.Distinct().Select(e => new { source = WireNames.Of(e.Source), e.Instance, tupleKey }));
    }

    /// <inheritdoc/>
    public async Task AppendAsync(StoreTransaction transaction, ChainedPackage package)
    {
        int saved = await transaction.ExecuteAsync(
            """
            insert into package (tuple_key, revision, package_id, decision_key, supersedes, prepared_at, content)
            select @TupleKey, @Revision, @PackageId, @DecisionKey, @Supersedes, @PreparedAt, @content
            where not exists (select 1 from package where tuple_key = @TupleKey and revision = @Revision)
            """,
            new
            {
                package.TupleKey, package.Revision, package.PackageId, package.DecisionKey, package.Supersedes,
                package.PreparedAt, content = CanonicalJson.Text(package.Content),
            });
        if (saved != 1)
        {
            throw new StaleRevisionException("a chain of packages was continued by another writer");
        }
    }

    /// <inheritdoc/>
    public Task CloseAsync(StoreTransaction transaction, string tupleKey, long revision, DateTimeOffset at) =>
        transaction.ExecuteAsync(
            "update package set closed_at = @at where tuple_key = @tupleKey and revision = @revision and closed_at is null",
            new { tupleKey, revision, at });

    /// <inheritdoc/>
    public Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin) =>
        transaction.ExecuteAsync(
            """
            insert into pin (tuple_key, field, sequence, chosen, candidate_set, expires_at, reason)
            select @key, @field, @Sequence, @chosen, @CandidateSet, @ExpiresAt, @Reason
            where not exists (select 1 from pin where tuple_key = @key and field = @field and sequence = @Sequence)
            """,
            new
            {
                key = EvidenceKeys.Of(tuple), field = WireNames.Of(pin.Field), pin.Sequence,
                chosen = JsonSerializer.Serialize(pin.Values), pin.CandidateSet, pin.ExpiresAt, pin.Reason,
            });

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredItem>> OutcomesAsync(StoreSnapshot snapshot, string notificationSha256) =>
        _outcomes.OfNotificationAsync(snapshot, notificationSha256);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(StoreSnapshot snapshot) =>
        _outcomes.CountAsync(snapshot);

    /// <inheritdoc/>
    public Task<string?> StampAsync(StoreSnapshot snapshot) =>
        snapshot.SingleOrDefaultAsync<string>("select stamp from derivation");

    /// <inheritdoc/>
    public async Task SetStampAsync(StoreTransaction transaction, string stamp)
    {
        await transaction.ExecuteAsync("delete from derivation");
        await transaction.ExecuteAsync("insert into derivation (stamp) values (@stamp)", new { stamp });
    }

    /// <inheritdoc/>
    public async Task DeriveAsync(StoreTransaction transaction)
    {
        foreach (string table in BindingTables.Derived)
        {
            await transaction.ExecuteAsync($"delete from {table}");
        }

        string after = "";
        while (true)
        {
            IReadOnlyList<string> page =
                await transaction.QueryAsync<string>(_sql.ObservedRecordKeyPage, new { after, limit = PageLimit });
            if (page.Count == 0)
            {
                return;
            }

            foreach (string recordKey in page)
            {
                foreach (Observation observation in await _records.DeriveAsync(transaction, recordKey))
                {
                    await _bindings.BindAsync(transaction, recordKey, observation);
                }
            }

            after = page[^1];
        }
    }

    private sealed record WatermarkRow
    {
        public string Source { get; init; } = "";

        public string Instance { get; init; } = "";

        public DateTimeOffset HeardAt { get; init; }
    }

    private sealed record PinRow
    {
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
