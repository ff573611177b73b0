using System.Globalization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>What the reconciler is told of decisions, as rows of the outbox. Their ids are those of the store's sequence.</summary>
internal static class DecisionAnnouncements
{
    /// <summary>A package stands elsewhere by a decision, or by what came of one.</summary>
    public static OutboxMessage Moved(string tupleId, TupleView tuple, long revision, PackageMove move, DateTimeOffset at) => Message(
        Queues.Cases,
        tupleId,
        move.Sequence,
        new StewardDecided
        {
            Tuple = Reference(tuple),
            PackageId = move.PackageId,
            PackageRevision = revision,
            Decision = WireNames.TryParse(move.State, out PackageDecision decision) ? decision : WireNames.Parse<PackageDecision>(move.Decided!),
            Sequence = move.Sequence,
            At = at,
        });

    /// <summary>A field was pinned.</summary>
    public static OutboxMessage Pinned(DecisionRow pin, TupleView tuple, FieldView field, CandidateView candidate) => Message(
        Queues.Pins,
        pin.TupleId,
        pin.Sequence,
        new PinChanged
        {
            Tuple = Reference(tuple), Field = WireNames.Parse<Field>(field.Field), Values = candidate.Value!.Values,
            CandidateSet = CandidateSet.HashOf(field), EndsAt = pin.ExpiresAt!.Value, Sequence = pin.Sequence, Reason = pin.Note,
        });

    /// <summary>A pin was taken back.</summary>
    public static OutboxMessage TakenBack(DecisionRow unpin, TupleView tuple) => Message(
        Queues.Pins,
        unpin.TupleId,
        unpin.Sequence,
        new PinChanged
        {
            Tuple = Reference(tuple), Field = WireNames.Parse<Field>(unpin.Field!), EndsAt = unpin.DecidedAt, Sequence = unpin.Sequence, Reason = unpin.Note,
        });

    private static ImageReference Reference(TupleView tuple) => new(tuple.Registry, tuple.Repository, tuple.Tag);

    private static OutboxMessage Message<T>(QueueDeclaration queue, string tupleId, long sequence, T message) => new()
    {
        Id = OutboxMessage.DerivedId(MessageTypes.NameOf<T>(), tupleId, sequence.ToString(CultureInfo.InvariantCulture)),
        Type = MessageTypes.NameOf<T>(),
        Payload = MessageTypes.Serialise(message),
        Destination = queue.Name,
        OrderKey = tupleId,
    };
}
