using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.CdEvents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>cdevents</c> of change systems: tickets, changes of source code, approvals and change windows (CDEvents, "Source Code Control",
/// "Continuous Operations"). Expressions of the mapping are evaluated on the event; what is approved, <c>customData</c> says.
/// </summary>
public sealed class ChangeEventsNormalizer : CdEventsNormalizer, IMappedFormat
{
    private const int CodeVersion = 1;

    private readonly FieldMapping _mapping;
    private readonly ChangeRecordReader _reader;

    /// <summary>Reads by a mapping.</summary>
    public ChangeEventsNormalizer(FieldMapping mapping)
    {
        _mapping = mapping;
        _reader = new ChangeRecordReader(mapping, new ChangeSystem(TimeFormats.Rfc3339, NumberMember: ""));
    }

    /// <inheritdoc/>
    public override Source Source => Source.ChangeSnapshot;

    /// <inheritdoc/>
    public override int MappingVersion => ChangeSnapshotFormats.MappingVersion(CodeVersion, _mapping);

    ChangeRecordReader IMappedFormat.Reader => _reader;

    /// <inheritdoc/>
    protected override NormalisedItem ReadEvent(CdEvent e, Items items)
    {
        string[] kind = e.Kind!.Split('.');
        return kind[0] is "change" or "ticket" or "approval" or "changewindow"
            ? _reader.Read(
                new MappedRecord(e.Node),
                new Envelope { Kind = kind[0], Withdrawn = kind[1] is "abandoned" or "revoked", MessageId = e.MessageId },
                items)
            : new NormalisedItem.Irrelevant("an event that is no ticket, change, approval or change window");
    }
}
