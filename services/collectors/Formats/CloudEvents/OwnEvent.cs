using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>
/// An event of the project's own types: <c>data</c> is what <c>contracts/schemas/SOURCE.v1.schema.json</c> describes.
/// </summary>
internal static class OwnEvent
{
    private static readonly string[] Identifying =
        ["instance", "record", "revision", "time", "image", "digest", "digestKind", "subjects", "fields", "approval", "cluster", "podUid", "container", "requestUid", "logId", "leafHash"];

    public static NormalisedItem Read(CloudEvent e, Source source, bool withdrawn, Items items)
    {
        Node data = e.Data;
        if (data.Kind != NodeKind.Object)
        {
            return data.Failure ?? data.Reject("data must be an object as the source's schema describes it");
        }

        if (RegistryMembers.FindDuplicate(data, Identifying) is { } twice)
        {
            return twice;
        }

        Node time = data["time"].Exists ? data["time"] : e.Time;
        TimeReading occurred = Times.Read(time, TimeFormats.Rfc3339);
        if (occurred.Unreadable is not null)
        {
            return time.Reject(occurred.Unreadable);
        }

        Node revision = data["revision"];
        if (revision.HasValue && revision.Integer is null)
        {
            return revision.Reject("revision must be a whole number");
        }

        NormalisedItem.Rejected? refused = EventSubject.ReadAll(data, source, items.Notification.Instance, out List<EventSubject> subjects);
        if (refused is not null)
        {
            return refused;
        }

        var readings = new Readings();
        refused = FieldRules.Read(data["fields"], source, readings);
        if (refused is not null)
        {
            return refused;
        }

        refused = EventRecord.Read(e, source, items.Notification.Instance, subjects, readings, out SourceRecord? record);
        if (refused is not null)
        {
            return refused;
        }

        if (withdrawn && source == Source.ArtifactRegistry && subjects is [{ Digest: null, Image.Tag: null }]
            && (data["digest"].Exists || data["image"]["tag"].Exists))
        {
            // It must not widen from a manifest or a tag to the whole repository.
            return data["digest"].Reject("a withdrawal whose digest and tag are empty");
        }

        if (!withdrawn && Incomplete(source, record!, subjects) is { } incomplete)
        {
            return incomplete;
        }

        EventFields.Derive(data, source, withdrawn, subjects, time, readings);
        return Observe(e, data, record!, new Revision(revision.Integer, occurred.Utc), subjects, readings, withdrawn, items);
    }

    private static NormalisedItem Observe(
        CloudEvent e, Node data, SourceRecord record, Revision revision, List<EventSubject> subjects, Readings readings, bool withdrawn, Items items)
    {
        Approval? approval = null;
        DateTimeOffset? signed = null;
        if (record.Source == Source.ChangeSnapshot)
        {
            Node stated = data["approval"];
            if (!WireNames.TryParse(stated.HasValue ? stated.String : WireNames.Of(Approval.Pending), out Approval value))
            {
                return stated.Reject($"approval must be one of {string.Join(", ", WireNames.All<Approval>())}");
            }

            approval = value;
        }
        else if (record.Source == Source.SignatureLedger)
        {
            Node signingTime = data["signingTime"];
            TimeReading time = Times.Read(signingTime, TimeFormats.Rfc3339);
            if (time.Unreadable is not null)
            {
                return signingTime.Reject(time.Unreadable);
            }

            signed = time.Utc ?? revision.Time;
        }

        if (EventSubject.ReadChildren(data["children"], out List<Digest> children) is { } refused)
        {
            return refused;
        }

        return new NormalisedItem.Observed(new Observation
        {
            Record = record,
            Revision = revision,
            Lineage = items.NextLineage,
            Subjects = [.. subjects.Select(s => s.ToSubject())],
            Fields = readings.ToList(),
            Children = children,
            Withdrawn = withdrawn,
            Approval = approval,
            PredicateType = record.Source == Source.SignatureLedger ? data["predicateType"].Value : null,
            SigningTime = signed,
            MessageId = e.MessageId,
            RecordPointer = data.Pointer,
        });
    }

    /// <summary>An event that names no digest where its source's evidence rests on one can only ask for a resync.</summary>
    private static NormalisedItem? Incomplete(Source source, SourceRecord record, List<EventSubject> subjects)
    {
        if (source == Source.ChangeSnapshot)
        {
            return subjects.Count == 0 ? new NormalisedItem.Irrelevant("a change record that names no artifact") : null;
        }

        // An admission decision is about an image that it may know by tag only.
        bool digestNeeded = record.Kind != RecordKind.AdmissionDecision;
        return subjects.Exists(s => s.Digest is not null) || (!digestNeeded && subjects.Count > 0)
            ? null
            : new NormalisedItem.Hint("the event names no digest", record.Instance, record.Id);
    }
}
