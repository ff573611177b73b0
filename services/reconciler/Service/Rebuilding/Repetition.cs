using System.Globalization;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Rebuilding;

/// <summary>
/// The messages of a tuple once more, as they were sent: its current ledger, and every package of its chain with its end. Pure.
/// Their ids are those of the request, so that a page which is sent twice is sent once.
/// </summary>
internal static class Repetition
{
    /// <summary>The outbox rows of one tuple.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="decision">What reconciling it again gave; a change is announced already, with its ledger and package.</param>
    /// <param name="chain">Its packages, in their order.</param>
    /// <param name="now">For ledgers of which an earlier version did not note when it recorded them.</param>
    public static IReadOnlyList<OutboxMessage> Of(Guid requestId, TupleDecision decision, IEnumerable<StoredPackage> chain, DateTimeOffset now)
    {
        StoredTuple tuple = decision switch
        {
            TupleDecision.Unchanged same => same.Tuple,
            TupleDecision.Changed changed => changed.After,
            _ => throw new ArgumentException("no tuple", nameof(decision)),
        };
        var messages = new List<OutboxMessage>();
        if (LedgerOf(decision) is { } ledger)
        {
            Add("", new LedgerChanged
            {
                Tuple = tuple.Image, Revision = tuple.LedgerRevision ?? tuple.Revision, CanonicalLedger = ledger,
                LedgerSha256 = tuple.LedgerSha256!, HoldsOpened = [], HoldsReleased = [], RecordedAt = tuple.LedgerRecordedAt ?? now,
                HoldsOpen = HoldOpenings.Read(tuple.HoldOpenings),
            });
        }

        foreach (StoredPackage package in chain)
        {
            string number = package.Revision.ToString(CultureInfo.InvariantCulture);
            Add(number, new CorrectionPackagePrepared
            {
                Tuple = tuple.Image, PackageId = package.PackageId, Revision = package.Revision, Supersedes = package.Supersedes,
                CanonicalPackage = package.Content, PreparedAt = package.PreparedAt,
            });
            if (EndOf(package, tuple) is { } end)
            {
                Add(number, new CorrectionPackageClosed
                {
                    Tuple = tuple.Image, PackageId = package.PackageId, Revision = package.Revision, LedgerSha256 = end, ClosedAt = package.ClosedAt!.Value,
                });
            }
        }

        return messages;

        void Add<T>(string number, T message) => messages.Add(new OutboxMessage
        {
            Id = OutboxMessage.DerivedId(MessageTypes.NameOf<T>(), tuple.TupleKey, number, "again", requestId.ToString("D")),
            Type = MessageTypes.NameOf<T>(),
            Payload = MessageTypes.Serialise(message),
            Destination = Queues.HandoffFeed.Name,
            OrderKey = tuple.TupleKey,
        });
    }

    /// <summary>The canonical ledger; null where a change has just announced it.</summary>
    private static byte[]? LedgerOf(TupleDecision decision)
    {
        if (decision is TupleDecision.Changed changed)
        {
            return changed.LedgerChanged ? null : changed.Ledger;
        }

        using var writer = new CanonicalWriter();
        LedgerDocument.Write(((TupleDecision.Unchanged)decision).Ledger, writer);
        return writer.Written.ToArray();
    }

    /// <summary>
    /// The ledger that ended a package without a successor; null where none did. Of an end that an earlier version wrote only
    /// the last of a chain is known as such, and the ledger of now stands for its own.
    /// </summary>
    private static string? EndOf(StoredPackage package, StoredTuple tuple) =>
        package.ClosedAt is null ? null
        : package.EndedBy ?? (package.Revision == tuple.PackageRevision && !tuple.HasOpenPackage ? tuple.LedgerSha256 : null);
}
