using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>servicenow</c>: records of the Table API (<c>{"result": …}</c>, one or a list) or the Change API, and what a
/// business rule pushes: the bare record, with <c>operation</c> beside its members or around it. ServiceNow documentation,
/// "Table API" and "Change Management API". Times are UTC without a zone.
/// </summary>
public sealed class ServiceNowNormalizer : DocumentNormalizer, IMappedFormat
{
    private const int CodeVersion = 2;

    // What stands around the record. The last two may be columns of a record, too.
    private static readonly string[] Wrappers = ["result", "record", "current"];
    private static readonly string[] WrappersOfRecords = [.. Wrappers, "change_request", "data"];

    private static readonly ChangeSystem System = new(
        TimeFormats.Spaced | TimeFormats.Rfc3339 | TimeFormats.OffsetWithoutColon, "number");

    private readonly FieldMapping _mapping;
    private readonly ChangeRecordReader _reader;

    /// <summary>Reads by a mapping.</summary>
    public ServiceNowNormalizer(FieldMapping mapping)
    {
        _mapping = mapping;
        _reader = new ChangeRecordReader(mapping, System);
    }

    /// <inheritdoc/>
    public override Source Source => Source.ChangeSnapshot;

    /// <inheritdoc/>
    public override string Format => "servicenow";

    /// <inheritdoc/>
    public override int MappingVersion => ChangeSnapshotFormats.MappingVersion(CodeVersion, _mapping);

    ChangeRecordReader IMappedFormat.Reader => _reader;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node result = Array.ConvertAll(root["sys_id"].Exists ? Wrappers : WrappersOfRecords, name => root[name]).FirstOrDefault(n => n.Exists) ?? root["result"];
        if (root.Kind == NodeKind.Array || result.Kind == NodeKind.Array)
        {
            ReadList(root, result.Kind == NodeKind.Array ? result : root, items);
        }
        else if (result.IsAmbiguous)
        {
            items.Reject(result, "stated more than once");
        }
        else if (result.Exists)
        {
            ReadOne(root, result, items);
        }
        else if (root["error"].Exists)
        {
            items.Reject(root["error"], "the API answered with an error instead of a record");
        }
        else
        {
            ReadOne(root, root, items);
        }
    }

    private void ReadList(Node root, Node list, Items items)
    {
        if (list.IsAmbiguous)
        {
            items.Reject(list, "stated more than once");
        }
        else if (list.Items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("a page without records"));
        }

        foreach (Node record in list.IsAmbiguous ? [] : list.Items)
        {
            ReadOne(root, record, items);
        }
    }

    private void ReadOne(Node root, Node node, Items items)
    {
        if (node.Kind != NodeKind.Object)
        {
            items.Reject(node, "a record (an object) is wanted");
            return;
        }

        bool deleted = IsDeletion(root) || IsDeletion(node);
        items.Add(_reader.Read(deleted ? Deleted(node) : new MappedRecord(node) { PairsAreFlat = true }, new Envelope { Withdrawn = deleted }, items));
    }

    /// <summary>
    /// A push about a deleted row may carry it under <c>previous</c>, or flattened with that prefix. Only then: an update
    /// that carries its previous values must not have them taken for current ones.
    /// </summary>
    private static MappedRecord Deleted(Node node) =>
        new(node["previous"].Kind == NodeKind.Object ? node["previous"] : node, "previous_", "previous.") { PairsAreFlat = true };

    /// <summary>The mapping's own condition, asked of what stands around the record.</summary>
    private bool IsDeletion(Node around)
    {
        Node? ambiguous = null;
        return _mapping.Withdrawn is { } condition && around.Kind == NodeKind.Object
            && new MappedRecord(around).Holds(condition, ref ambiguous) == true;
    }
}
