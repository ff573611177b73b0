using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// On which kept notifications something rests. What counts in a record may stand in a ledger, whatever the rules make of it,
/// so all of that counts here; what was superseded or is a duplicate stands in none.
/// </summary>
internal sealed class ReferenceQueries(string engine, OutcomeQueries outcomes, BindingTables bindings, TupleTables tuples)
{
    private readonly ObservationStatements _observations = ObservationStatements.For(engine);

    /// <summary>Those of the notifications on which nothing rests.</summary>
    public async Task<IReadOnlyList<string>> UnreferencedAsync(StoreSnapshot snapshot, IReadOnlyCollection<KeptReading> readings)
    {
        ILookup<string, KnownItem> known = (await snapshot.QueryAsync<KnownItem>(
                _observations.ItemsOfNotifications, new { notifications = snapshot.Keys(readings.Select(r => r.NotificationSha256)) }))
            .ToLookup(i => i.NotificationSha256, StringComparer.Ordinal);
        var free = readings
            .GroupBy(r => r.NotificationSha256, StringComparer.Ordinal)
            .Where(g => g.All(r => HasCome(r, known[g.Key])))
            .Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        string[] records = [.. free.SelectMany(n => known[n]).Select(i => i.RecordKey).Distinct(StringComparer.Ordinal)];
        foreach (string record in records)
        {
            free.ExceptWith(await outcomes.FoundationsOfRecordAsync(snapshot, record));
        }

        if (free.Count > 0)
        {
            // A package that is open may rest on what its ledger has left behind since.
            IReadOnlyList<byte[]> open = await tuples.OpenPackagesAsync(snapshot, await bindings.AffectedAsync(snapshot, records, []));
            free.RemoveWhere(n => open.Any(package => package.AsSpan().IndexOf(Encoding.ASCII.GetBytes(n)) >= 0));
        }

        return [.. free.Order(StringComparer.Ordinal)];
    }

    private static bool HasCome(KeptReading reading, IEnumerable<KnownItem> known) =>
        reading.Observations > 0
        && known.Where(i => i.Format == reading.Format && i.MappingVersion == reading.MappingVersion)
            .Select(i => i.ItemIndex).Distinct().Count() >= reading.Observations;

    private sealed record KnownItem
    {
        public string NotificationSha256 { get; init; } = "";

        public string RecordKey { get; init; } = "";

        public string Format { get; init; } = "";

        public int ItemIndex { get; init; }

        public int MappingVersion { get; init; }
    }
}
