using System.Globalization;
using System.Text;
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
        if (change.LedgerChanged)
        {
            Add(new LedgerChanged
            {
                Tuple = tuple, Revision = change.After.Revision, CanonicalLedger = Encoding.UTF8.GetString(change.Ledger), LedgerSha256 = sha256, RecordedAt = now,
            });
        }

        foreach (string id in change.Released)
        {
            (string field, string reason) = HoldIds.Parts(id);
            Add(new HoldReleased { Tuple = tuple, HoldId = id, Field = field, Reason = reason, At = now, LedgerSha256 = sha256 }, id);
        }

        foreach (string id in change.Opened)
        {
            (string field, string reason) = HoldIds.Parts(id);
            Add(new HoldOpened { Tuple = tuple, HoldId = id, Field = field, Reason = reason, At = now, LedgerSha256 = sha256 }, id);
        }

        switch (change.Package)
        {
            case PackageStep.Prepared { Package: var package }:
                Add(new CorrectionPackagePrepared
                {
                    Tuple = tuple, PackageId = package.PackageId, Revision = package.Revision, Supersedes = package.Supersedes,
                    CanonicalPackage = Encoding.UTF8.GetString(package.Canonical), PreparedAt = now,
                });
                break;
            case PackageStep.Closed closed:
                Add(new CorrectionPackageClosed
                {
                    Tuple = tuple, PackageId = closed.PackageId, Revision = closed.Revision, LedgerSha256 = sha256, ClosedAt = now,
                });
                break;
        }

        if (change.StandingChanged)
        {
            Add(new CaseChanged
            {
                Tuple = tuple, Revision = change.After.Revision, LedgerSha256 = sha256, OnHold = change.After.OnHold!.Value,
                Converging = change.After.Converging!.Value, PackageId = change.After.HasOpenPackage ? change.After.PackageId : null,
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
