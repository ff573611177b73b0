using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Lifecycle;

namespace ReleaseIntegrity.Simulation.Deterministic.Checking;

/// <summary>A case stands on the greatest revision that it was told, whatever the order; and that is what the tuple is.</summary>
internal static class Cases
{
    private const string Stands = "the saga stands on the greatest revision";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void Check(World world, IReadOnlyDictionary<ImageReference, StoredTuple> stored)
    {
        var sagas = world.Composition.Reconciler.Read(s => s.QueryAsync<Row>("select current_state, body from saga"))
            .Select(r => (r.CurrentState, Saga: JsonSerializer.Deserialize<ReleaseCase>(r.Body, Json)!))
            .ToDictionary(r => new ImageReference(r.Saga.Registry, r.Saga.Repository, r.Saga.Tag));
        foreach ((ImageReference tuple, StoredTuple known) in stored)
        {
            CaseChanged? told = world.Announced.Cases.GetValueOrDefault(tuple);
            bool exists = sagas.TryGetValue(tuple, out (string CurrentState, ReleaseCase Saga) row);
            Invariants.Demand(Stands, exists == told is not null && exists == known.OnHold is not null, () => $"{tuple} has a case, or was told, and the other not");
            if (told is null)
            {
                continue;
            }

            CaseStanding standing = row.Saga.Standing!;
            Invariants.Demand(
                Stands, standing.Decided?.Sequence == world.Announced.Decided.GetValueOrDefault(tuple)?.Sequence, () => $"{tuple} does not know the last decision");
            Invariants.Demand(Stands, standing.Revision == told.Revision, () => $"{tuple} stands on {standing.Revision}, not {told.Revision}");
            Invariants.Demand(Stands, row.CurrentState == standing.Stage.ToString(), () => $"{tuple} is {row.CurrentState}, not {standing.Stage}");
            Invariants.Demand(
                Stands,
                (standing.OnHold, standing.Converging, standing.PackageId, standing.PackageRevision)
                    == (known.OnHold!.Value, known.Converging!.Value, known.HasOpenPackage ? known.PackageId : null, known.PackageRevision),
                () => $"{tuple}: the case is not where the tuple is");
        }
    }

    private sealed record Row
    {
        public string CurrentState { get; init; } = "";
        public string Body { get; init; } = "";
    }
}
