using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot;

/// <summary>What a format knows of a change record beside its mapping.</summary>
/// <param name="Times">The spellings of time that the change system uses.</param>
/// <param name="NumberMember">The member by which people call the record (<c>number</c>, <c>key</c>).</param>
internal sealed record ChangeSystem(TimeFormats Times, string NumberMember);

/// <summary>What the message around a record says of this revision.</summary>
internal sealed record Envelope
{
    /// <summary>The kind of thing that the record is, which goes before its id; null where the system has one kind only.</summary>
    internal string? Kind { get; init; }

    /// <summary>The id where the mapping leads to none; null where a record without one is refused.</summary>
    internal Node? FallbackId { get; init; }

    /// <summary>The counter, where the mapping leads to none.</summary>
    internal Node? Counter { get; init; }

    /// <summary>The times, where the mapping leads to none; the first one that the payload carries counts.</summary>
    internal IReadOnlyList<(Node Node, TimeFormats Formats)> Times { get; init; } = [];

    /// <summary>The record is deleted, whatever the mapping says.</summary>
    internal bool Withdrawn { get; init; }

    /// <summary>The source's id of the message.</summary>
    internal string? MessageId { get; init; }
}

/// <summary>Makes one item of one change record, by mapping.</summary>
/// <param name="mapping">Which node states what.</param>
/// <param name="system">What the format knows beside it.</param>
internal sealed class ChangeRecordReader(FieldMapping mapping, ChangeSystem system)
{
    /// <summary>Is told of every record that is read, with the index of its item; null unless a mapping is tried.</summary>
    internal Action<MappedRecord, int>? Watch { get; set; }

    /// <summary>The item that the record makes; it must be the next of the notification.</summary>
    internal NormalisedItem Read(MappedRecord record, Envelope envelope, Items items)
    {
        Watch?.Invoke(record, items.Count);
        Mapped id = record.One(mapping.Id);
        id = !id.HasValue && envelope.FallbackId is { } fallback ? new Mapped(fallback, null) : id;
        if (id.Node is null || !id.HasValue || id.Text is null || id.Node.IsAmbiguous)
        {
            return (id.Node ?? record.Node).Reject(
                id.Node is { IsAmbiguous: true } ? "the record's id is stated more than once" : $"the record's id ({mapping.Id}) is missing or no text");
        }

        string recordId = envelope.Kind is null ? id.Text : $"{envelope.Kind}/{id.Text}";
        if (Order(record, envelope, out Revision revision) is { } disorder)
        {
            return disorder;
        }

        Node? ambiguous = null;
        bool withdrawn = envelope.Withdrawn || (mapping.Withdrawn is { } gone && record.Holds(gone, ref ambiguous) == true);
        Approval? approval = Approve(record, ref ambiguous);
        var artifact = new ApprovedArtifact(mapping, record);
        if ((ambiguous ?? artifact.Ambiguous) is { } twice)
        {
            return twice.Reject("stated more than once");
        }

        string instance = Instance(record, items.Notification);
        if (!withdrawn && Unbindable(artifact, instance, recordId, record) is { } unbindable)
        {
            return unbindable;
        }

        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.ChangeSnapshot, instance, RecordKind.ChangeRecord, recordId),
            Revision = revision,
            Lineage = items.NextLineage,
            Subjects = artifact.Subject is { } subject ? [subject] : [],
            Fields = Fields(record, artifact),
            Withdrawn = withdrawn,
            Approval = approval,
            MessageId = envelope.MessageId ?? (revision.Counter is null || mapping.Revision is null
                ? null
                : $"{recordId}@{revision.Counter}{(withdrawn ? ":deleted" : "")}"),
            RecordPointer = record.Node.Pointer,
        });
    }

    private NormalisedItem? Unbindable(ApprovedArtifact artifact, string instance, string id, MappedRecord record)
    {
        if (mapping.Image is null && mapping.Digest is null)
        {
            return new NormalisedItem.Irrelevant("names no artifact: the mapping leads to neither image nor digest");
        }

        if (!artifact.IsNamed)
        {
            return new NormalisedItem.Irrelevant("names no artifact");
        }

        if (artifact.Binds)
        {
            return null;
        }

        string target = MappedRecord.TextOf(record.Node[system.NumberMember]) is { Length: > 0 } number ? number : id;
        return artifact.Failure as NormalisedItem
            ?? new NormalisedItem.Hint("the approved reference has neither a tag nor a digest", instance, target);
    }

    private NormalisedItem.Rejected? Order(MappedRecord record, Envelope envelope, out Revision revision)
    {
        revision = new Revision(null, null);
        Mapped mapped = record.One(mapping.Revision);
        Node? counter = mapped.Node ?? envelope.Counter;
        string? count = counter?.Integer;
        if (counter is { HasValue: true } && (count is null or ['-', ..] || counter.IsAmbiguous || mapped.Problem is not null))
        {
            return counter.Reject(counter.IsAmbiguous ? "the record's revision is stated more than once" : "the record's revision is not a whole number");
        }

        Mapped written = record.One(mapping.Time);
        IEnumerable<(Node Node, TimeFormats Formats)> times = written.Node is { } node ? [(node, system.Times), .. envelope.Times] : envelope.Times;
        foreach ((Node stated, TimeFormats formats) in times)
        {
            TimeReading time = Times.Read(stated, formats);
            if (time.Unreadable is not null || stated.IsAmbiguous)
            {
                return stated.Reject(stated.IsAmbiguous ? "the record's time is stated more than once" : time.Unreadable!);
            }

            if (time.Utc is { } utc)
            {
                revision = new Revision(count, utc);
                return null;
            }
        }

        revision = new Revision(count, null);
        return null;
    }

    /// <summary>The first row that holds. A state that no row knows is not an approval; no state at all says nothing.</summary>
    private Approval? Approve(MappedRecord record, ref Node? ambiguous)
    {
        Approval? approval = null;
        bool decided = false;
        foreach (ApprovalRow row in mapping.Approval)
        {
            bool? holds = record.Holds(row.Where, ref ambiguous);
            if (!decided && holds is not null)
            {
                decided = holds.Value;
                approval = holds.Value ? row.Is : Approval.Pending;
            }
        }

        return approval;
    }

    private string Instance(MappedRecord record, Notification notification)
    {
        if (notification.Instance is { Length: > 0 } configured)
        {
            return configured;
        }

        string? stated = record.One(mapping.Instance).Text;
        return string.IsNullOrEmpty(stated) ? mapping.Format
            : Uri.TryCreate(stated, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? uri.Authority.ToLowerInvariant()
            : stated;
    }

    private IReadOnlyList<FieldReading> Fields(MappedRecord record, ApprovedArtifact artifact)
    {
        var readings = new Readings();
        artifact.Read(readings);
        foreach ((Field field, NodeSelector selector) in mapping.Fields)
        {
            MappedField.Read(readings, field, selector, record, system.Times);
        }

        return readings.ToList();
    }
}
