using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Audit;

/// <summary>
/// The audit log: events in a row, each with the hash of the one before. Who changes, removes, inserts or moves an event
/// has to make every later hash anew, and then the last one isn't that which was noted elsewhere.
/// </summary>
internal sealed class AuditLog(TimeProvider clock)
{
    private const int BatchSize = 500;

    /// <summary>
    /// Notes an event in a transaction of the caller's: both are there or neither is. Call it last, since until the
    /// transaction ends no other process appends.
    /// </summary>
    /// <returns>Its number, from 1, without gaps.</returns>
    public async Task<long> AppendAsync(StoreTransaction transaction, AuditEntry entry)
    {
        await transaction.LockAsync(["audit"]);
        AuditStatements sql = AuditStatements.For(transaction.Engine);
        AuditRow? last = await transaction.SingleOrDefaultAsync<AuditRow>(sql.Last, new { limit = 1 });
        var row = new AuditRow
        {
            Sequence = (last?.Sequence ?? 0) + 1,
            At = clock.GetUtcNow(),
            Subject = entry.Subject,
            Kind = entry.Kind,
            TupleNo = entry.TupleId is null ? null : await transaction.SingleOrDefaultAsync<long?>(sql.TupleNo, new { entry.TupleId }),
            Detail = CanonicalJson.Text(entry.Detail),
            PreviousHash = last?.Hash ?? AuditRow.NoHash,
        };
        row = row with { Hash = row.ComputedHash() };
        await transaction.ExecuteAsync(sql.Insert, new { row.Sequence, row.At, row.Subject, row.Kind, row.TupleNo, row.Detail, row.PreviousHash, row.Hash });
        return row.Sequence;
    }

    /// <summary>Events before a number, newest first.</summary>
    public static Task<IReadOnlyList<AuditRow>> ListAsync(StoreSnapshot snapshot, AuditFilter filter, long before, int limit) =>
        snapshot.QueryAsync<AuditRow>(
            AuditStatements.For(snapshot.Engine).Before(filter), new { before, limit, filter.TupleId, filter.Kind, filter.Subject });

    /// <summary>Walks the whole log, and stops at the first event that is wrong.</summary>
    public static async Task<ChainFinding> VerifyAsync(StoreSnapshot snapshot)
    {
        AuditStatements sql = AuditStatements.For(snapshot.Engine);
        (long sequence, string head) = (0, AuditRow.NoHash);
        while (true)
        {
            IReadOnlyList<AuditRow> rows = await snapshot.QueryAsync<AuditRow>(sql.After, new { after = sequence, limit = BatchSize });
            foreach (AuditRow row in rows)
            {
                string? problem = Problem(row, sequence, head);
                if (problem is not null)
                {
                    return new ChainFinding(sequence, head, sequence + 1, problem);
                }

                (sequence, head) = (row.Sequence, row.Hash);
            }

            if (rows.Count < BatchSize)
            {
                return new ChainFinding(sequence, head, 0, "");
            }
        }
    }

    private static string? Problem(AuditRow row, long sequence, string head) =>
        row.Sequence != sequence + 1 ? "the event is missing"
        : row.ComputedHash() != row.Hash ? "the event isn't what its hash was made of: it was changed"
        : row.PreviousHash != head ? "the event doesn't follow the one before it: one of both was put there, moved or made anew"
        : null;
}

/// <summary>What a walk over the log found.</summary>
/// <param name="Intact">How many events from the first on are as they should be.</param>
/// <param name="Head">Hash of the last of these.</param>
/// <param name="FirstBroken">The first that isn't; 0 where none is.</param>
/// <param name="Problem">What is wrong with it, in a sentence.</param>
internal sealed record ChainFinding(long Intact, string Head, long FirstBroken, string Problem);
