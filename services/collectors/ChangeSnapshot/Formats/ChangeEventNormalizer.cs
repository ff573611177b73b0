using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// What formats have in common whose webhook is the record itself: expressions of the mapping are evaluated on the whole
/// event, and the kind of thing that it is about goes before its id, since systems number each kind from one.
/// </summary>
public abstract class ChangeEventNormalizer : DocumentNormalizer, IMappedFormat
{
    private const int CodeVersion = 3;

    private readonly FieldMapping _mapping;
    private readonly ChangeRecordReader _reader;

    /// <summary>Reads by a mapping.</summary>
    /// <param name="mapping">Which node states what.</param>
    /// <param name="times">The spellings of time that the system uses.</param>
    protected ChangeEventNormalizer(FieldMapping mapping, TimeFormats times)
    {
        _mapping = mapping;
        _reader = new ChangeRecordReader(mapping, new ChangeSystem(times, NumberMember: ""));
    }

    /// <inheritdoc/>
    public sealed override Source Source => Source.ChangeSnapshot;

    /// <inheritdoc/>
    public sealed override int MappingVersion => ChangeSnapshotFormats.MappingVersion(CodeVersion, _mapping);

    ChangeRecordReader IMappedFormat.Reader => _reader;

    /// <summary>Adds the item that an event makes.</summary>
    /// <param name="record">The event.</param>
    /// <param name="envelope">What the format knows beside the mapping.</param>
    /// <param name="items">The items so far.</param>
    private protected void Add(MappedRecord record, Envelope envelope, Items items) => items.Add(_reader.Read(record, envelope, items));

    /// <summary>The delivery's id, from the first of some headers that the notification has.</summary>
    private protected static string? Delivery(Items items, params ReadOnlySpan<string> headers)
    {
        foreach (string header in headers)
        {
            if (items.Notification.Headers.TryGetValue(header, out string? id) && id.Length > 0)
            {
                return id;
            }
        }

        return null;
    }
}
