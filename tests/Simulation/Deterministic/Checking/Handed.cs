using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Simulation.Deterministic.Checking;

/// <summary>What the handoff has is what the reconciler has: ledgers, every one of them that was announced, and packages.</summary>
internal static class Handed
{
    private const string Equal = "handoff equals reconciler";

    public static void Check(World world, Truth truth, IReadOnlyDictionary<ImageReference, StoredTuple> stored)
    {
        IReadOnlyList<Ledger> ledgers = Read<Ledger>(world, "select t.registry, t.repository, t.tag, l.revision, l.sha256, l.content from ledger l join tuple t on t.tuple_no = l.tuple_no");
        Invariants.Demand(Equal, ledgers.Count == stored.Count, () => $"{ledgers.Count} ledgers of {stored.Count}");
        foreach (Ledger ledger in ledgers)
        {
            Invariants.Demand(Equal, stored[ledger.Tuple].LedgerSha256 == ledger.Sha256, () => $"the ledger of {ledger.Tuple} is another one");
            Invariants.Demand(
                Equal, Encoding.UTF8.GetBytes(ledger.Content).AsSpan().SequenceEqual(truth.Tuples[ledger.Tuple].Ledger), () => $"the bytes of {ledger.Tuple} are other ones");
            long last = world.Announced.Ledgers.Keys.Where(k => k.Tuple == ledger.Tuple).Max(k => k.Revision);
            Invariants.Demand(
                Equal, last == ledger.Revision && last == stored[ledger.Tuple].LedgerRevision, () => $"{ledger.Tuple} stands at revision {ledger.Revision}, not {last}");
        }

        var past = Read<Ledger>(world, "select t.registry, t.repository, t.tag, h.revision, h.sha256 from ledger_history h join tuple t on t.tuple_no = h.tuple_no")
            .Select(h => (h.Tuple, h.Revision, h.Sha256)).ToHashSet();
        Invariants.Demand(
            Equal, past.SetEquals(world.Announced.Ledgers.Select(l => (l.Key.Tuple, l.Key.Revision, l.Value))), () => "past ledgers are not those that were announced");
        HoldsAreBalanced(world);
        Packages(world, stored);
    }

    // What was opened and not released is what is held.
    private static void HoldsAreBalanced(World world)
    {
        IReadOnlyList<Hold> wrong = Read<Hold>(world, """
            select t.registry, t.repository, t.tag, e.hold_id,
              sum(case e.kind when 'opened' then 1 else -1 end) as open,
              (select count(*) from hold h where h.tuple_no = e.tuple_no and h.hold_id = e.hold_id) as held
            from hold_event e join tuple t on t.tuple_no = e.tuple_no
            group by e.tuple_no, e.hold_id
            having open <> held
            """);
        Invariants.Demand(
            "holds opened less released are held", wrong.Count == 0, () => string.Join(", ", wrong.Select(h => $"{h.Tuple} {h.HoldId}: {h.Open} open, {h.Held} held")));
    }

    /// <summary>The content of a ledger that was handed off; null where none has the hash.</summary>
    public static string? Find(World world, string? sha256) =>
        world.Composition.Handoff.Read(s => s.SingleOrDefaultAsync<string>("select content from ledger_history where sha256 = @sha256 limit 1", new { sha256 }));

    private static void Packages(World world, IReadOnlyDictionary<ImageReference, StoredTuple> stored)
    {
        ILookup<ImageReference, Package> handed = Read<Package>(
            world,
            "select t.registry, t.repository, t.tag, p.revision, p.package_id, p.supersedes, p.state, p.content from package p join tuple t on t.tuple_no = p.tuple_no")
            .ToLookup(p => p.Tuple);
        ILookup<string, Chained> chained = world.Composition.Reconciler.Read(s => s.QueryAsync<Chained>(
            "select tuple_key, revision, package_id, supersedes, closed_at, content from package order by tuple_key, revision")).ToLookup(p => p.TupleKey);
        foreach ((ImageReference tuple, StoredTuple known) in stored)
        {
            Package[] there = [.. handed[tuple].OrderBy(p => p.Revision)];
            Chained[] here = [.. chained[known.TupleKey]];
            Invariants.Demand(
                Equal,
                there.Select(p => (p.Revision, p.PackageId, p.Supersedes, p.Content)).SequenceEqual(here.Select(p => (p.Revision, p.PackageId, p.Supersedes, Encoding.UTF8.GetString(p.Content)))),
                () => $"the packages of {tuple} are not the reconciler's");
            Invariants.Demand(
                "the chain of packages",
                here.Select((p, i) => p.Revision == i + 1 && p.Supersedes == (i == 0 ? null : here[i - 1].PackageId)).All(ok => ok)
                    && here.Length == known.PackageRevision && here.LastOrDefault()?.PackageId == known.PackageId
                    && here.Count(p => p.ClosedAt is null) == (known.HasOpenPackage ? 1 : 0),
                () => $"{tuple}: {here.Length} packages, the last is {known.PackageRevision}, open: {known.HasOpenPackage}");
            string[] states = [.. there.Select(p => p.State)];
            string? last = states.LastOrDefault();
            Invariants.Demand(
                Equal,
                last is null or States.Repaired or States.Diverged || (last == States.Closed) == !known.HasOpenPackage,
                () => $"the last package of {tuple} is {last} at the handoff, and open at the reconciler: {known.HasOpenPackage}");
            Invariants.Demand(
                Equal,
                last is not States.Superseded && states.SkipLast(1).All(s => s is States.Superseded or States.Closed or States.Repaired or States.Diverged),
                () => $"packages of {tuple} are {string.Join(',', states)}");
        }
    }

    private static IReadOnlyList<T> Read<T>(World world, string sql) => world.Composition.Handoff.Read(s => s.QueryAsync<T>(sql));

    private record OfTuple
    {
        public string Registry { get; init; } = "";
        public string Repository { get; init; } = "";
        public string Tag { get; init; } = "";

        public ImageReference Tuple => new(Registry, Repository, Tag);
    }

    private sealed record Ledger : OfTuple
    {
        public long Revision { get; init; }
        public string Sha256 { get; init; } = "";
        public string Content { get; init; } = "";
    }

    private sealed record Hold : OfTuple
    {
        public string HoldId { get; init; } = "";
        public long Open { get; init; }
        public long Held { get; init; }
    }

    private sealed record Package : OfTuple
    {
        public long Revision { get; init; }
        public string PackageId { get; init; } = "";
        public string? Supersedes { get; init; }
        public string State { get; init; } = "";
        public string Content { get; init; } = "";
    }

    private sealed record Chained
    {
        public string TupleKey { get; init; } = "";
        public long Revision { get; init; }
        public string PackageId { get; init; } = "";
        public string? Supersedes { get; init; }
        public DateTimeOffset? ClosedAt { get; init; }
        public byte[] Content { get; init; } = [];
    }
}
