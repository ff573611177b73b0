using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic.Checking;

/// <summary>What has to hold once everything is at rest.</summary>
internal static class Invariants
{
    private static readonly EvidenceStore Evidence = new("sqlite", Composition.Policy);

    /// <summary>Looks at everything.</summary>
    /// <exception cref="ViolationException">Something does not hold.</exception>
    public static void Check(World world)
    {
        IReadOnlyList<KeptContent> contents = [.. world.Composition.Collectors.SelectMany(c => KeptContent.Of(c.Key, c.Value))];
        NothingAcceptedIsLost(world, contents);
        NothingIsLeft(world);
        var truth = new Truth(contents, world.Announced.Pins.Values, world.Clock.GetUtcNow());
        ItemsAreConserved(world, truth);
        Dictionary<ImageReference, StoredTuple> stored = Stored(world.Composition.Reconciler);
        Demand("I1 order", Same(truth.Tuples.Keys, stored.Keys), () => "the reconciler knows other tuples than the engine");
        ILookup<string, KeptContent> bySha256 = contents.ToLookup(c => c.Sha256);
        foreach ((ImageReference tuple, Expected expected) in truth.Tuples)
        {
            LedgerIsTheEngines(world, expected, stored[tuple]);
            PackageIsTheEngines(world, expected, stored[tuple]);
            IReadOnlyList<Field> overwritten = truth.Audit.Overwritten(JsonNode.Parse(expected.Ledger)!.AsObject());
            Demand("I2 nothing overwritten", overwritten.Count == 0, () => $"{tuple}: {string.Join(", ", overwritten)}");
            LedgerView ledger = DocumentReader.Ledger(expected.Ledger);
            Demand("I5 hold", ledger.Fields.All(f => f.Hold is null || f.Authoritative is null), () => $"{tuple} holds a field with a value");
            Shown.EveryValueHasItsPlace(tuple, ledger, bySha256);
            Shown.NothingIsReadable(tuple, expected.Package is { } package ? [expected.Ledger, package.Canonical] : [expected.Ledger]);
            if (expected.Reconciliation.Package is { } corrections)
            {
                Shown.WritesCanBeTakenBack(tuple, corrections);
            }
        }

        Handed.Check(world, truth, stored);
        Cases.Check(world, stored);
    }

    public static void Demand(string invariant, bool holds, Func<string> text)
    {
        if (!holds)
        {
            throw new ViolationException(invariant, text());
        }
    }

    private static void NothingAcceptedIsLost(World world, IReadOnlyList<KeptContent> contents)
    {
        foreach ((Delivery delivery, DateTimeOffset at) in world.Accepted)
        {
            Demand(
                "I10 durability",
                contents.Any(c => c.Source == delivery.Source && c.Format == delivery.Format && c.Body.AsSpan().SequenceEqual(delivery.Body) && c.Receipts.Contains(at)),
                () => $"a delivery in {delivery.Format} that was accepted at {at:O} is not in the log");
        }

        foreach (KeptContent content in contents)
        {
            Demand(
                "I10 durability",
                world.Deliveries.Any(d => d.Source == content.Source && d.Format == content.Format && d.Body.AsSpan().SequenceEqual(content.Body)),
                () => $"{content.Sha256} was never sent");
            Demand("I7 conservation", content.State == "normalised", () => $"{content.Sha256} was not normalised");
        }

        Demand("I10 durability", world.Accepted.Count() == world.Deliveries.Count(d => !d.IsLost), () => "a delivery was never accepted");
        Demand(
            "a resync reads what pushes lose",
            world.Deliveries.Where(d => d.IsLost).All(d => contents.Any(c => c.Source == d.Source && c.Format == d.Format && c.Body.AsSpan().SequenceEqual(d.Body))),
            () => "what was lost on its way was never fetched");
    }

    private static void NothingIsLeft(World world)
    {
        Demand("rest", world.Composition.Backlog() is null && world.Broker.Count == 0, () => "messages are left");
        Demand("rest", world.Broker.Errors.Count == 0, () => $"{world.Broker.Errors.Count} messages in error queues");
        Demand("rest", Composition.Count(world.Composition.Reconciler, "select count(*) from quarantine") == 0, () => "messages in quarantine");
        Demand("rest", world.IsEveryActAnswered, () => "a steward waits for an answer");
        Demand("rest", Composition.Count(world.Composition.Reconciler, "select count(*) from rebuild where finished_at is null") == 0, () => "a rebuild has no end");
        Demand(
            "rebuild changes nothing", Composition.Count(world.Composition.Reconciler, "select count(*) from rebuild where contradicted > 0") == 0,
            () => "a ledger came out otherwise when it was derived again");
        foreach ((Source source, Database collector) in world.Composition.Collectors)
        {
            Demand("no failure of our own", Composition.Count(collector, "select count(*) from resync where trouble = 'internal'") == 0, () => $"asking {source} failed");
        }

        IReadOnlyList<long> pinned = world.Composition.Handoff.Read(s => s.QueryAsync<long>("select sequence from decision where kind in ('pin', 'unpin') order by sequence"));
        Demand("pins are told", pinned.SequenceEqual(world.Announced.Pins.Keys), () => $"{world.Announced.Pins.Count} pins told of {pinned.Count}");
        Demand("rest", !(world.Composition.NextTimer() <= world.Clock.GetUtcNow()), () => "a timer is due");
        Demand("one fact, one content", world.Announced.Contradiction is null, () => world.Announced.Contradiction!);
    }

    private static void ItemsAreConserved(World world, Truth truth)
    {
        var rows = world.Composition.Collectors.SelectMany(c => c.Value.Read(s => s.QueryAsync<ItemRow>(
            "select n.sha256, n.format, i.item_index, i.outcome from item i join notification n on n.notification_id = i.notification_id")))
            .ToLookup(i => (i.Sha256, i.Format));
        foreach (NotificationEntry entry in truth.Notifications)
        {
            string[] read = [.. rows[(entry.Key.Sha256, entry.Key.Format!)].OrderBy(r => r.ItemIndex).Select(r => r.Outcome)];
            string[] expected = [.. entry.Items.Select(i => i is NormalisedItem.Observed ? "observed" : WireNames.Of(truth.Judge(i)))];
            Demand("I7 conservation", Same(read, expected), () => $"{entry.Key.Sha256}: items ended as {string.Join(',', read)}, not {string.Join(',', expected)}");
            if (!expected.Contains("observed"))
            {
                continue;
            }

            string[] judged = [.. entry.Items.Select((item, i) => (item, i)).Where(x => x.item is NormalisedItem.Observed).Select(x => $"{x.i} {truth.Judge(x.item)}")];
            string[] stored =
            [
                .. world.Composition.Reconciler.Read(s => Evidence.OutcomesAsync(s, entry.Key.Sha256))
                    .Where(i => i.Format == entry.Key.Format && i.Deliveries > 0).Select(i => $"{i.ItemIndex} {i.Outcome}"),
            ];
            Demand("I7 conservation", Same(judged, stored), () => $"{entry.Key.Sha256}: observations ended as {string.Join(',', stored)}, not {string.Join(',', judged)}");
        }
    }

    private static Dictionary<ImageReference, StoredTuple> Stored(Database reconciler) => reconciler.Read(async s =>
    {
        var stored = new Dictionary<ImageReference, StoredTuple>();
        foreach (string key in await Evidence.TupleKeysAsync(s, "", int.MaxValue))
        {
            StoredTuple tuple = (await Evidence.FindAsync(s, key))!;
            stored.Add(tuple.Image, tuple);
        }

        return stored;
    });

    private static void LedgerIsTheEngines(World world, Expected expected, StoredTuple stored) => Demand(
        "I1 order",
        expected.Sha256 == stored.LedgerSha256,
        () => $"the ledger of {stored.Image} is not the engine's; {Difference(expected.Ledger, Handed.Find(world, stored.LedgerSha256))}");

    // The world's values are made up, so a failure may show them.
    private static string Difference(byte[] expected, string? found)
    {
        string text = Encoding.UTF8.GetString(expected);
        int same = text.Zip(found ?? "").TakeWhile(p => p.First == p.Second).Count();
        string Around(string whole) => whole.Substring(Math.Max(0, same - 160), Math.Min(whole.Length, same + 200) - Math.Max(0, same - 160));
        return found is null ? "nobody was handed it" : $"expected …{Around(text)}…, found …{Around(found)}…";
    }

    private static void PackageIsTheEngines(World world, Expected expected, StoredTuple stored)
    {
        if (expected.Package is { } package)
        {
            Demand("I1 package", stored.DecisionKey == package.DecisionKey, () => $"the open package of {stored.Image} is not the engine's");
            byte[] open = world.Composition.Reconciler.Read(s => s.SingleAsync<byte[]>(
                "select content from package where tuple_key = @TupleKey and revision = @PackageRevision", new { stored.TupleKey, stored.PackageRevision }));
            Demand("I1 package", open.AsSpan().SequenceEqual(package.Canonical), () => $"the bytes of the open package of {stored.Image} are not the engine's");
        }
        else if (!Standing.IsConverging(expected.Reconciliation))
        {
            Demand("I1 package", !stored.HasOpenPackage, () => $"{stored.Image} has an open package, and nothing to decide");
        }
    }

    private static bool Same<T>(IEnumerable<T> a, IEnumerable<T> b) => a.ToHashSet().SetEquals(b) && a.Count() == b.Count();

    private sealed record ItemRow
    {
        public string Sha256 { get; init; } = "";
        public string Format { get; init; } = "";
        public int ItemIndex { get; init; }
        public string Outcome { get; init; } = "";
    }
}
