using System.Security.Cryptography;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Normalising;

/// <summary>From a kept notification to its outcomes and the messages that they make. Pure and total.</summary>
internal static class NotificationReading
{
    /// <summary>The reason of an item that stands for a defect of ours.</summary>
    public const string InternalError = "internal error";

    private static readonly Lineage NoLineage = new("", 0, DateTimeOffset.UnixEpoch, "", 0);

    /// <summary>Normalises; a normaliser that breaks its contract costs this notification alone.</summary>
    /// <param name="kept">What was kept.</param>
    /// <param name="normaliser">Its format's, or null when this version has none.</param>
    /// <param name="partitions">The queues over which observations are spread.</param>
    /// <param name="observationsPerMessage">A longer notification is split over messages.</param>
    /// <param name="failure">The normaliser's exception, for the log.</param>
    public static NormalisedNotification Read(
        KeptNotification kept,
        INormalizer? normaliser,
        ObservationPartitions partitions,
        int observationsPerMessage,
        out Exception? failure)
    {
        failure = null;
        if (normaliser is null)
        {
            return Quarantine(0, $"no normaliser for the format '{kept.Notification.Format}' here");
        }

        try
        {
            IReadOnlyList<NormalisedItem> items = normaliser.Normalise(kept.Notification);
            if (items.Count == 0)
            {
                return Quarantine(normaliser.MappingVersion, $"{InternalError}: the normaliser made no item of the notification");
            }

            OutcomeRow[] rows = [.. items.Select(Row)];
            Observation[] observations = [.. items.OfType<NormalisedItem.Observed>().Select(o => o.Observation)];
            return new NormalisedNotification
            {
                MappingVersion = normaliser.MappingVersion,
                Items = rows,
                Tags = [.. observations.Where(o => o.Record.Kind == RecordKind.RegistryTag).Select(o => o.Record.Id)],
                Messages = Messages(
                    kept,
                    normaliser.MappingVersion,
                    rows,
                    observations.GroupBy(partitions.QueueOf).SelectMany(
                        q => q.Chunk(observationsPerMessage), (queue, chunk) => (queue.Key.Name, chunk))),
            };
        }
        catch (Exception e)
        {
            failure = e;
            return Quarantine(normaliser.MappingVersion, $"{InternalError}: the normaliser failed ({e.GetType().Name})");
        }
    }

    // Their ids are those of the reading and the queue, so that doing it twice tells it once.
    private static List<OutboxMessage> Messages(
        KeptNotification kept,
        int mappingVersion,
        IEnumerable<OutcomeRow> rows,
        IEnumerable<(string Queue, Observation[] Observations)> chunks)
    {
        Notification notification = kept.Notification;
        string sha256 = notification.Sha256();
        List<OutboxMessage> messages = [];
        foreach ((string queue, Observation[] chunk) in chunks)
        {
            messages.Add(Message(
                new ObservationsNormalised(sha256, notification.Source, notification.Format, chunk, kept.ReadBy == mappingVersion),
                messages.Count,
                queue));
        }

        foreach (OutcomeRow hint in rows.Where(i => i.Outcome == NormaliseOutcome.Hint))
        {
            messages.Add(Message(
                new HintRaised(
                    sha256, hint.Index, notification.Source, notification.Format,
                    hint.Instance ?? "", hint.Target ?? "", hint.Reason ?? ""),
                messages.Count,
                null));
        }

        return messages;

        OutboxMessage Message<T>(T message, int index, string? queue) => new()
        {
            Id = OutboxMessage.DerivedId(
                MessageTypes.NameOf<T>(), sha256, WireNames.Of(notification.Source), notification.Format, kept.Variant,
                $"{mappingVersion}", StoredTypes.TextOf(notification.ReceivedAt), $"{kept.Revision}", $"{index}", queue ?? ""),
            Type = MessageTypes.NameOf<T>(),
            Payload = MessageTypes.Serialise(message),
            Destination = queue,
        };
    }

    private static NormalisedNotification Quarantine(int mappingVersion, string reason) => new()
    {
        MappingVersion = mappingVersion,
        Failed = true,
        Items = [new OutcomeRow(0, NormaliseOutcome.Rejected) { Reason = reason, Pointer = "" }],
    };

    /// <summary>Hash of what an observation says, whichever mapping version read it and whenever it was received.</summary>
    private static string ContentOf(Observation observation) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(observation with { Lineage = NoLineage }, ContractsJson.Default.Observation)));

    private static OutcomeRow Row(NormalisedItem item, int index) => item switch
    {
        NormalisedItem.Observed(var observation) => new OutcomeRow(index, NormaliseOutcome.Observed)
        {
            ContentSha256 = ContentOf(observation),
            Instance = observation.Record.Instance,
            Observation = observation,
        },
        NormalisedItem.Hint hint => new OutcomeRow(index, NormaliseOutcome.Hint)
        {
            Reason = hint.Reason, Instance = hint.Instance, Target = hint.Target,
        },
        NormalisedItem.Irrelevant irrelevant => new OutcomeRow(index, NormaliseOutcome.Irrelevant)
        {
            Reason = irrelevant.Reason,
        },
        NormalisedItem.Rejected rejected => new OutcomeRow(index, NormaliseOutcome.Rejected)
        {
            Reason = rejected.Reason, Pointer = rejected.Pointer,
        },
        _ => throw new InvalidOperationException($"an item of kind {item.GetType().Name}"),
    };
}
