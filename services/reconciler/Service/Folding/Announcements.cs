using System.Globalization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// The messages that announce a change, in the order in which a reader should see them. Their ids are those of the
/// tuple's revision: whoever gets one twice knows it. What a service has to get goes to its queue; holds are published
/// besides, for whoever gates on them, which may be nobody, and so are requests to ask a source again.
/// </summary>
internal static class Announcements
{
    /// <summary>The outbox rows of one change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="now">When it is recorded.</param>
    /// <param name="unexplained">Neither evidence nor a transition brought it (<see cref="LedgerChanged.Contradicts"/>).</param>
    public static IReadOnlyList<OutboxMessage> Of(TupleDecision.Changed change, DateTimeOffset now, bool unexplained = false)
    {
        var tuple = change.After.Image;
        string sha256 = change.After.LedgerSha256!;
        var messages = new List<OutboxMessage>();
        if (change.LedgerChanged)
        {
            Add(Queues.HandoffFeed, new LedgerChanged
            {
                Tuple = tuple, Revision = change.After.Revision, CanonicalLedger = change.Ledger, LedgerSha256 = sha256,
                HoldsOpened = change.Opened, HoldsReleased = change.Released, RecordedAt = now,
                Contradicts = unexplained ? change.Before.LedgerRevision : null,
            });
        }

        if (change.Opened.Count + change.Released.Count > 0)
        {
            Add(null, new HoldsChanged
            {
                Tuple = tuple, Revision = change.After.Revision, Opened = [.. change.Opened.Select(Notice)],
                Released = [.. change.Released.Select(Notice)], At = now, LedgerSha256 = sha256,
            });
        }

        switch (change.Package)
        {
            case PackageStep.Prepared { Package: var package }:
                Add(Queues.HandoffFeed, new CorrectionPackagePrepared
                {
                    Tuple = tuple, PackageId = package.PackageId, Revision = package.Revision, Supersedes = package.Supersedes,
                    CanonicalPackage = package.Canonical, PreparedAt = now,
                });
                break;
            case PackageStep.Closed closed:
                Add(Queues.HandoffFeed, new CorrectionPackageClosed
                {
                    Tuple = tuple, PackageId = closed.PackageId, Revision = closed.Revision, LedgerSha256 = sha256, ClosedAt = now,
                });
                break;
        }

        if (change.StandingChanged)
        {
            Add(Queues.Cases, new CaseChanged
            {
                Tuple = tuple, Revision = change.After.Revision, LedgerSha256 = sha256, OnHold = change.After.OnHold!.Value,
                Converging = change.After.Converging!.Value, PackageId = change.After.HasOpenPackage ? change.After.PackageId : null,
                PackageRevision = change.After.PackageRevision, At = now,
            });
        }

        foreach (DoubtedInstance doubted in change.Doubted)
        {
            Add(null, new ResyncRequested(doubted.Source, doubted.Instance, doubted.Record ?? "", "authority-conflict"),
                WireNames.Of(doubted.Source), doubted.Instance);
        }

        return messages;

        void Add<T>(QueueDeclaration? queue, T message, params ReadOnlySpan<string> about) => messages.Add(new OutboxMessage
        {
            Id = OutboxMessage.DerivedId(
            [
                MessageTypes.NameOf<T>(),
                change.After.TupleKey,
                change.After.Revision.ToString(CultureInfo.InvariantCulture),
                queue?.Name ?? "",
                .. about,
            ]),
            Type = MessageTypes.NameOf<T>(),
            Payload = MessageTypes.Serialise(message),
            Destination = queue?.Name,
            OrderKey = change.After.TupleKey,
        });
    }

    private static HoldNotice Notice(string holdId)
    {
        (string field, string reason) = HoldIds.Parts(holdId);
        return new HoldNotice(holdId, field, reason);
    }
}
