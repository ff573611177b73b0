using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// Collects the field readings of one observation. A node that is absent makes no reading; an explicit null or empty
/// one makes a reading without values; the first reading of a field wins, so that a format lists its places in order
/// of preference. A node that the payload states more than once is unreadable: no place selects exactly one (I6).
/// </summary>
public sealed class Readings
{
    private readonly List<FieldReading> _list = [];

    /// <summary>The readings so far, in the order of their fields.</summary>
    public IReadOnlyList<FieldReading> ToList()
    {
        FieldReading[] readings = [.. _list];
        Array.Sort(readings, (a, b) => ((int)a.Field).CompareTo((int)b.Field));
        return readings;
    }

    /// <summary>Whether a field has a reading already.</summary>
    public bool Has(Field field)
    {
        foreach (FieldReading reading in _list)
        {
            if (reading.Field == field)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A scalar as it stands.</summary>
    public Readings Text(Field field, Node node) =>
        node.Presence != Presence.Value ? Empty(field, node)
        : node.Text is { } text ? Add(field, node, new[] { text })
        : Unreadable(field, node, "not a string, number or boolean");

    /// <summary>A time, normalised to RFC 3339 UTC. A zero time makes no reading.</summary>
    public Readings Time(Field field, Node node, TimeFormats formats, TimeSpan zone = default)
    {
        TimeReading time = Times.Read(node, formats, zone);
        return time.Unreadable is not null ? Unreadable(field, node, time.Unreadable)
            : time.Utc is { } utc ? Add(field, node, new[] { Times.Text(utc) })
            : time.Presence == Presence.Empty ? Empty(field, node)
            : this;
    }

    /// <summary>A digest <c>alg:hex</c>; anything else is unreadable, not a conflict.</summary>
    public Readings Digest(Field field, Node node, DigestKind kind = DigestKind.Unknown) =>
        node.Presence != Presence.Value ? Empty(field, node)
        : Contracts.Digest.TryParse(node.Text, out Digest digest) ? Add(field, node, new[] { digest.Text }, kind)
        : Unreadable(field, node, "not an OCI digest");

    /// <summary>An array of scalars, or one scalar, as a sorted and distinct set. Null and empty items are left out.</summary>
    public Readings Set(Field field, Node node)
    {
        if (node.Kind != NodeKind.Array)
        {
            return Text(field, node);
        }

        return node.Items.All(i => i.Text is not null || i.Kind == NodeKind.Null)
            ? Add(field, node, node.Items.Select(i => i.Value).OfType<string>())
            : Unreadable(field, node, "not a list of strings");
    }

    /// <summary>A value derived from one node, whose place and raw text it keeps. An absent node makes no reading.</summary>
    public Readings Value(Field field, Node node, string value, DigestKind kind = DigestKind.Unknown) =>
        Add(field, node, new[] { value }, kind);

    /// <summary>Values derived from one node, sorted and made distinct. An absent node makes no reading.</summary>
    public Readings Values(Field field, Node node, IEnumerable<string> values) => Add(field, node, values);

    /// <summary>A reading without values, for an explicit null or empty node; an absent node makes none.</summary>
    public Readings Empty(Field field, Node node) => Add(field, node, Array.Empty<string>());

    /// <summary>A reading that says why its value can't be read. An absent node makes no reading.</summary>
    /// <param name="field">The field.</param>
    /// <param name="node">The node that holds the value.</param>
    /// <param name="reason">Why, without the value itself.</param>
    public Readings Unreadable(Field field, Node node, string reason) => Add(field, node, Array.Empty<string>(), DigestKind.Unknown, reason);

    private Readings Add(
        Field field, Node node, IEnumerable<string> values, DigestKind kind = DigestKind.Unknown, string? unreadable = null)
    {
        if (!node.Exists || Has(field))
        {
            return this;
        }

        if (node.IsAmbiguous)
        {
            (values, unreadable) = (Array.Empty<string>(), "stated more than once");
        }

        _list.Add(new FieldReading
        {
            Field = field,
            Values = values is string[] { Length: <= 1 } few ? few : [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Place = node.Place,
            Raw = node.Text,
            DigestKind = kind,
            Unreadable = unreadable,
        });
        return this;
    }
}
