using System.Collections.Concurrent;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>
/// Makes equal parts of observations one object: places, instances, references and digests recur in their thousands, and
/// all observations of the input are held until the end. Changes no value but the message id, which only tells deliveries
/// apart and has served its turn. Safe for concurrent use.
/// </summary>
internal sealed class Slimming
{
    /// <summary>Beyond this many distinct parts sharing costs more than it saves.</summary>
    private const int MaxShared = 1 << 20;

    private readonly ConcurrentDictionary<Place, Place> _places = new();
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ImageReference, ImageReference> _images = new();
    private readonly ConcurrentDictionary<SourceRecord, SourceRecord> _records = new();
    private int _shared;

    /// <summary>The items with their parts shared, and the notification's address where an item states it.</summary>
    public IReadOnlyList<NormalisedItem> Slim(IReadOnlyList<NormalisedItem> items, out string? address)
    {
        address = null;
        var slim = new NormalisedItem[items.Count];
        for (int i = 0; i < slim.Length; i++)
        {
            slim[i] = items[i];
            if (items[i] is NormalisedItem.Observed observed)
            {
                address ??= observed.Observation.Lineage.NotificationSha256;
                slim[i] = new NormalisedItem.Observed(Slim(observed.Observation, address));
            }
        }

        return slim;
    }

    private Observation Slim(Observation observation, string address)
    {
        var subjects = new Subject[observation.Subjects.Count];
        for (int i = 0; i < subjects.Length; i++)
        {
            Subject subject = observation.Subjects[i];
            subjects[i] = subject with
            {
                Image = subject.Image is { } image ? Share(_images, image) : null,
                Digest = subject.Digest is { } digest ? Digest.Parse(Share(_texts, digest.Text)) : null,
                Place = Share(_places, subject.Place),
            };
        }

        var fields = new FieldReading[observation.Fields.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = Slim(observation.Fields[i]);
        }

        return observation with
        {
            Record = Share(_records, observation.Record),
            MessageId = null,
            Lineage = observation.Lineage with { NotificationSha256 = address },
            RecordPointer = Share(_texts, observation.RecordPointer),
            Subjects = subjects,
            Fields = fields,
        };
    }

    private FieldReading Slim(FieldReading reading)
    {
        string[] values = new string[reading.Values.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Share(_texts, reading.Values[i]);
        }

        return reading with
        {
            Values = values,
            Raw = values is [var value] && string.Equals(value, reading.Raw, StringComparison.Ordinal) ? value : reading.Raw,
            Place = Share(_places, reading.Place),
        };
    }

    private T Share<T>(ConcurrentDictionary<T, T> known, T part)
        where T : notnull
    {
        if (known.TryGetValue(part, out T? first))
        {
            return first;
        }

        if (Volatile.Read(ref _shared) >= MaxShared)
        {
            return part;
        }

        Interlocked.Increment(ref _shared);
        return known.GetOrAdd(part, part);
    }
}
