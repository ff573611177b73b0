using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Reconciler;

public sealed class When_ledgers_are_audited
{
    /// <summary>Whatever the evidence: the engine overwrites nothing, by the rules of somebody else.</summary>
    [Fact]
    public void No_ledger_of_the_engine_overwrites_a_conflict()
    {
        Policy policy = PolicyFile.Default();
        var routes = new Dictionary<ConflictRoute, int>();
        for (int seed = 0; seed < 150; seed++)
        {
            var evidence = new EvidenceBase(policy);
            World world = new(seed);
            foreach (Observation observation in world.Deliveries)
            {
                evidence.Add(observation);
            }

            ImageReference[] tuples =
                [.. world.Deliveries.SelectMany(o => o.Subjects).Select(s => s.Image).OfType<ImageReference>().Where(i => i.Tag is not null).Distinct()];
            foreach ((ImageReference tuple, int hours) in tuples.SelectMany(_ => new[] { 1, 9, 60 }, (t, h) => (t, h)))
            {
                LedgerView ledger = DocumentReader.Ledger(LedgerDocument.Of(Core.Reconciler.Reconcile(evidence.Of(tuple), policy, Say.T0.AddHours(hours)).Ledger));
                foreach (Conflict conflict in LedgerAudit.Of(ledger))
                {
                    Assert.True(conflict.Route != ConflictRoute.Overwritten, $"seed {seed}, {hours} h, {tuple}: {conflict.Field}");
                    routes[conflict.Route] = routes.GetValueOrDefault(conflict.Route) + 1;
                }
            }
        }

        Assert.All([ConflictRoute.Held, ConflictRoute.DecidedByRule, ConflictRoute.Converging], r => Assert.True(routes[r] > 30, $"{r}: {routes[r]}"));
    }
}
