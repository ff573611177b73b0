using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Which source instances were not heard within a field's window. A timer brings the end of a window; its return to life
/// is brought by nothing that concerns the tuple, so the tuple waits for these instances by name.
/// </summary>
internal static class Ageing
{
    /// <summary>The instances of the authorities of ageing fields that are past their window.</summary>
    public static IReadOnlyCollection<(Source Source, string Instance)> Expired(
        Ledger ledger,
        Policy policy,
        IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> watermarks,
        DateTimeOffset now)
    {
        var expired = new HashSet<(Source, string)>();
        foreach (FieldEntry entry in ledger.Fields)
        {
            if (policy.For(entry.Field) is not { Freshness: { } window } field)
            {
                continue;
            }

            foreach (Candidate candidate in entry.Candidates)
            {
                (Source, string) instance = (candidate.Source, candidate.Observation.Record.Instance);
                if (candidate.Source == field.Authority
                    && watermarks.TryGetValue(instance, out DateTimeOffset heard)
                    && heard + window <= now)
                {
                    expired.Add(instance);
                }
            }
        }

        return expired;
    }
}
