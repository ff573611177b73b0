using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>Tuples of a release train as messages of the API.</summary>
internal static class ReleaseMessages
{
    /// <summary>A tuple: its masked ledger, and the last package of its chain.</summary>
    public static ReleaseTuple Of(LedgerRow row, LedgerView ledger, PackageRow? last)
    {
        PackageRow? standing = last?.State == States.Closed ? null : last;
        var tuple = new ReleaseTuple
        {
            Tuple = LedgerMessages.Tuple(ledger.Tuple, row.TupleId),
            Ledger = LedgerMessages.NameOf(row.TupleId),
            Standing = TupleStandings.Of(ledger),
            OnHold = ledger.OnHold,
            Package = standing is null ? "" : PackageMessages.NameOf(row.TupleId, standing.PackageId),
            PackageState = standing is null ? PackageState.Unspecified : PackageMessages.StateOf(standing),
        };
        tuple.Sources.Add(TupleStandings.OfSources(ledger).Select(s => new SourceStanding
        {
            Source = s.Source,
            Standing = s.Standing,
            LatestSourceTime = LedgerMessages.Time(s.Latest),
        }));
        foreach (IGrouping<string, FieldView> state in ledger.Fields.GroupBy(f => f.State))
        {
            tuple.FieldCounts.Add(state.Key, state.Count());
        }

        return tuple;
    }
}
