using System.Globalization;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// The messages that announce a change, in the order in which a reader should see them. Their ids are those of the
/// tuple's revision: whoever gets one twice knows it.
/// </summary>
internal static class Announcements
{
    /// <summary>The outbox rows of one change.</summary>
    public static IReadOnlyList<OutboxMessage> Of(TupleDecision.Changed change, DateTimeOffset now)
    {
        var tuple = change.After.Image;
        string sha256 = change.After.LedgerSha256!;
        var messages = new List<OutboxMessage>();
        if (change.After.LedgerSha256 != change.Before.LedgerSha256)
        {
            Add(new LedgerChanged
            {
                Tuple = tuple, Revision = change.After.Revision, CanonicalLedger = change.After.Ledger!, LedgerSha256 = sha256, RecordedAt = now,
            });
        }

        foreach (HoldChange hold in change.Released)
        {
            Add(
                new HoldReleased { Tuple = tuple, HoldId = hold.Id, Field = hold.Field, Reason = hold.Reason, At = now, LedgerSha256 = sha256 },
                hold.Id);
        }

        foreach (HoldChange hold in change.Opened)
        {
            Add(
                new HoldOpened { Tuple = tuple, HoldId = hold.Id, Field = hold.Field, Reason = hold.Reason, At = now, LedgerSha256 = sha256 },
                hold.Id);
        }

        switch (change.Package)
        {
            case PackageStep.Prepared { Package: var package }:
                Add(new CorrectionPackagePrepared
                {
                    Tuple = tuple, PackageId = package.PackageId, Revision = package.Revision, Supersedes = package.Supersedes,
                    CanonicalPackage = CanonicalJson.Text(package.Content), PreparedAt = now,
                });
                break;
            case PackageStep.Closed closed:
                Add(new CorrectionPackageClosed
                {
                    Tuple = tuple, PackageId = closed.PackageId, Revision = closed.Revision, LedgerSha256 = sha256, ClosedAt = now,
                });
                break;
        }

        if (change.Standing.InScope)
        {
            Add(new CaseChanged
            {
                Tuple = tuple, Revision = change.After.Revision, LedgerSha256 = sha256, OnHold = change.Standing.OnHold,
                Converging = change.Standing.Converging, PackageId = change.After.HasOpenPackage ? change.After.PackageId : null,
                PackageRevision = change.After.PackageRevision, At = now,
            });
        }

        return messages;

        void Add<T>(T message, string part = "") => messages.Add(new OutboxMessage
        {
            Id = OutboxMessage.DerivedId(
                MessageTypes.NameOf<T>(), change.After.TupleKey, change.After.Revision.ToString(CultureInfo.InvariantCulture), part),
            Type = MessageTypes.NameOf<T>(),
            Payload = MessageTypes.Serialise(message),
            OrderKey = change.After.TupleKey,

            // Holds are for whoever gates on them, which may be nobody, and a message that nobody confirms would be sent
            // again for ever. The ledger tells the same.
            ConfirmedByConsumer = message is not (HoldOpened or HoldReleased),
        });
    }
}
