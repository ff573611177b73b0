using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Makes corrections from decided fields.</summary>
internal static class ProposedWrites
{
    /// <summary>
    /// Adds the writes of one field. True when the field should be corrected but its authority offers several values: the
    /// machine doesn't choose among them.
    /// </summary>
    internal static bool Add(FieldEntry entry, List<ProposedWrite> writes)
    {
        if (entry.State != FieldState.Precedence || entry.Corrects.Count == 0)
        {
            return false;
        }

        if (entry.Authoritative is not [var value])
        {
            return true;
        }

        foreach (Candidate candidate in entry.Corrects)
        {
            // Revisions that can't be told apart: what the record says now, which the patch must test, isn't known.
            bool uncertain = entry.Candidates.Any(c => c != candidate && c.Observation.Record == candidate.Observation.Record
                && !Content.SameValues(c.Values, candidate.Values));
            if (!uncertain && Write(entry.Field, candidate, value) is { } write)
            {
                writes.Add(write);
            }
        }

        return false;
    }

    /// <summary>Null where the member can't be addressed in the record itself (the value was decoded out of another one).</summary>
    private static ProposedWrite? Write(Field field, Candidate candidate, string value)
    {
        string root = candidate.Observation.RecordPointer;
        string pointer = candidate.Place.Pointer;
        if (candidate.Place.Decode.Count > 0 || candidate.Raw is null || !pointer.StartsWith(root, StringComparison.Ordinal)
            || pointer.Length == root.Length)
        {
            return null;
        }

        string path = pointer[root.Length..];
        string written = Spelling.Like(candidate.Raw, value, field);
        return new ProposedWrite(
            field,
            candidate.Observation.Record,
            candidate.Observation.Revision,
            [new PatchOperation("test", path, candidate.Raw), new PatchOperation("replace", path, written)],
            [new PatchOperation("test", path, written), new PatchOperation("replace", path, candidate.Raw)]);
    }
}

/// <summary>Writes a value in the spelling that the target uses.</summary>
internal static class Spelling
{
    /// <summary>A fingerprint in colons, upper case, or with an algorithm prefix, as the old value has it; all else as it is.</summary>
    internal static string Like(string old, string value, Field field)
    {
        if (field != Field.CertificateFingerprint)
        {
            return value;
        }

        string prefix = old.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? old[..7] : "";
        string spelled = old.AsSpan(prefix.Length).ContainsAnyInRange('A', 'F') ? value.ToUpperInvariant() : value;
        if (old.AsSpan(prefix.Length).Contains(':'))
        {
            spelled = string.Join(':', spelled.Chunk(2).Select(pair => new string(pair)));
        }

        return prefix + spelled;
    }
}
