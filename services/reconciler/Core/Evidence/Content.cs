using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>What one revision says, apart from when and how it was read.</summary>
internal static class Content
{
    /// <summary>
    /// The key under which two observations of one record say the same. A tag says which digest it names; how many
    /// other members a payload carries beside that doesn't make it another revision. Every other record says all its
    /// fields but those that are times of observing.
    /// </summary>
    internal static string KeyOf(Observation observation)
    {
        var text = new StringBuilder(256);
        text.Append(observation.Withdrawn ? 'w' : 'p').Append('\n');
        foreach (Subject subject in observation.Subjects)
        {
            text.Append(subject.Image).Append('@').Append(subject.Digest?.Text).Append('\n');
        }

        if (observation.Record.Kind == RecordKind.RegistryTag)
        {
            return text.ToString();
        }

        text.Append(observation.Approval).Append('\n').Append(observation.PredicateType).Append('\n');
        foreach (Digest child in observation.Children.Order())
        {
            text.Append('>').Append(child.Text).Append('\n');
        }

        foreach (FieldReading reading in observation.Fields.OrderBy(f => f.Field))
        {
            if (reading.Field is Field.ObservationTime or Field.PromotionTime)
            {
                continue;
            }

            text.Append((int)reading.Field).Append(reading.Unreadable is null ? '=' : '!');
            foreach (string value in reading.Values)
            {
                text.Append(value.Length).Append(':').Append(value);
            }

            text.Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())), 0, 16);
    }

    /// <summary>The reading of a field, or null where the payload doesn't carry it.</summary>
    internal static FieldReading? Reading(this Observation observation, Field field)
    {
        IReadOnlyList<FieldReading> fields = observation.Fields;
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i].Field == field)
            {
                return fields[i];
            }
        }

        return null;
    }

    internal static bool SameValues(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (int i = 0; i < a.Count; i++)
        {
            if (!string.Equals(a[i], b[i], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
