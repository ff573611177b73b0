using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>What one expression of a mapping yields in one record.</summary>
/// <param name="Member">The mapping's member: <c>id</c>, <c>image</c>, <c>fields.release-train</c>, <c>approval[0]</c>.</param>
/// <param name="Expression">The expression as written.</param>
/// <param name="Nodes">What it chooses: pointers with the texts found there; none where the record carries none.</param>
public sealed record TrialLine(string Member, string Expression, IReadOnlyList<(string Pointer, string? Text)> Nodes);

/// <summary>One record of a payload: what each expression yields, and the item that it makes.</summary>
/// <param name="Lines">The mapping's expressions, in the order of the document; none for an item that reads no record.</param>
/// <param name="Item">The item.</param>
public sealed record TrialRecord(IReadOnlyList<TrialLine> Lines, NormalisedItem Item);

/// <summary>Tries a mapping on a payload: what it yields, and from which place of the payload. Pure, and shows values unmasked.</summary>
public static class MappingTrial
{
    /// <summary>Reads a payload with the mappings given.</summary>
    /// <param name="mappings">The mappings.</param>
    /// <param name="notification">The payload; its format says which mapping counts.</param>
    /// <returns>One record per item, in the payload's order.</returns>
    /// <exception cref="ArgumentException">The format reads by no mapping.</exception>
    public static IReadOnlyList<TrialRecord> Of(FieldMappings mappings, Notification notification)
    {
        INormalizer normalizer = ChangeSnapshotFormats.All(mappings).FirstOrDefault(n => n.Format == notification.Format)
            ?? throw new ArgumentException("no format of that name", nameof(notification));
        ChangeRecordReader reader = (normalizer as IMappedFormat)?.Reader
            ?? throw new ArgumentException("the format reads by no mapping", nameof(notification));
        var lines = new Dictionary<int, IReadOnlyList<TrialLine>>();
        reader.Watch = (record, index) => lines[index] = [.. Lines(mappings[notification.Format], record)];
        return [.. normalizer.Normalise(notification).Select((item, i) => new TrialRecord(lines.GetValueOrDefault(i, []), item))];
    }

    /// <summary>A place for a person: decode steps and pointer, <c>/data → json → /id</c>.</summary>
    public static string Text(Place place) => string.Concat(place.Decode.Select(d => $"{d.Pointer} → {d.As} → ")) + place.Pointer;

    private static IEnumerable<TrialLine> Lines(FieldMapping mapping, MappedRecord record)
    {
        foreach ((string member, NodeSelector? selector) in Selectors(mapping))
        {
            if (selector is not null)
            {
                yield return new TrialLine(member, selector.Expression, [.. record.Chosen(selector).Select(n => (Text(n.Place), MappedRecord.TextOf(n)))]);
            }
        }
    }

    private static IEnumerable<(string Member, NodeSelector? Selector)> Selectors(FieldMapping mapping)
    {
        yield return ("id", mapping.Id);
        yield return ("revision", mapping.Revision);
        yield return ("time", mapping.Time);
        yield return ("instance", mapping.Instance);
        yield return ("image", mapping.Image?.Reference);
        yield return ("image.registry", mapping.Image?.Registry);
        yield return ("image.repository", mapping.Image?.Repository);
        yield return ("image.tag", mapping.Image?.Tag);
        yield return ("digest", mapping.Digest);
        foreach ((Field field, NodeSelector selector) in mapping.Fields.OrderBy(f => f.Key))
        {
            yield return ($"fields.{WireNames.Of(field)}", selector);
        }

        for (int row = 0; row < mapping.Approval.Count; row++)
        {
            foreach ((NodeSelector selector, _) in mapping.Approval[row].Where.Terms)
            {
                yield return ($"approval[{row}]", selector);
            }
        }

        foreach ((NodeSelector selector, _) in mapping.Withdrawn?.Terms ?? [])
        {
            yield return ("withdrawn", selector);
        }
    }
}
