using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Reconciling;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>What the reconciler says of notifications whose bytes their collector would let go.</summary>
public sealed class When_bytes_may_be_let_go
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Over worlds in which everything meets: nothing that stands in a ledger or an open package is ever given up.</summary>
    [Fact]
    public async Task Nothing_that_a_current_ledger_or_an_open_package_names_is_among_them()
    {
        int free = 0, named = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            await using var engine = new SqliteUnderTest();
            await engine.InitializeAsync();
            var rig = new Rig(engine.Store, new FakeTimeProvider(World.End));
            IReadOnlyList<Observation> deliveries = new World(seed).Deliveries;
            foreach (Observation[] batch in World.Batches(deliveries, new Random(seed)))
            {
                await rig.FoldAsync(batch);
            }

            HashSet<string> unreferenced = [.. await engine.Store.ReadAsync(s => rig.Evidence.UnreferencedAsync(s, Readings(deliveries)), Ct)];
            string[] standing =
            [
                .. (await rig.PublishedAsync<LedgerChanged>()).GroupBy(l => l.Tuple).Select(g => Encoding.UTF8.GetString(g.Last().CanonicalLedger)),
                .. await rig.OpenPackagesAsync(),
            ];
            free += unreferenced.Count;
            named += deliveries.Select(d => d.Lineage.NotificationSha256).Distinct().Count(n => standing.Any(d => d.Contains(n, StringComparison.Ordinal)));
            Assert.All(unreferenced, n => Assert.DoesNotContain(standing, d => d.Contains(n, StringComparison.Ordinal)));
        }

        Assert.True(free > 100 && named > 100, $"{free} are free, {named} are named: the worlds are too poor");
    }

    /// <summary>While the ledger converges the package stays that was prepared before, with what it rests on.</summary>
    [Fact]
    public async Task What_an_open_package_rests_on_stays_although_the_ledger_has_gone_on()
    {
        await using var engine = new SqliteUnderTest();
        await engine.InitializeAsync();
        var rig = new Rig(engine.Store, new FakeTimeProvider(Say.T0));
        await rig.FoldAsync(Say.Scenario);
        Observation old = Say.Scenario[0];
        Observation promoted = Say.Tag(Say.Tuple, Say.Digest("newer"), Say.T0.AddMinutes(5));
        rig.Clock.SetUtcNow(Say.T0.AddMinutes(6));
        await rig.FoldAsync(promoted);

        Assert.DoesNotContain(old.Lineage.NotificationSha256, await rig.LedgerAsync(Say.Tuple), StringComparison.Ordinal);
        Assert.Contains(old.Lineage.NotificationSha256, Assert.Single(await rig.OpenPackagesAsync()), StringComparison.Ordinal);
        Assert.Empty(await engine.Store.ReadAsync(s => rig.Evidence.UnreferencedAsync(s, Readings([old])), Ct));
    }

    [Fact]
    public async Task It_is_asked_over_http_and_says_nothing_before_the_evidence_is_derived()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("release-integrity-references-");
        try
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseTestServer();
            builder.Services.AddReconciler(o => o.Store.DataFolder = folder.FullName);
            builder.Services.AddBus(new BusOptions(), bus => bus.AddReconcilerConsumers());
            await using WebApplication app = builder.Build();
            app.MapReconciler();
            await app.StartAsync(Ct);
            using HttpClient http = app.GetTestClient();

            HttpStatusCode early = HttpStatusCode.ServiceUnavailable;
            for (int i = 0; early == HttpStatusCode.ServiceUnavailable; i++)
            {
                Assert.True(i < 3000, "the evidence is not derived");
                using HttpResponseMessage answer = await http.PostAsJsonAsync("/items/unreferenced", Readings(Say.Scenario), Ct);
                early = answer.StatusCode;
                Assert.Equal(early == HttpStatusCode.OK ? "[]" : "", early == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(Ct) : "");
                await Task.Delay(10, Ct);
            }

            Assert.Equal(HttpStatusCode.OK, early);
            foreach (string bad in (string[])["null", "{}", "[null]", "[{}]", "no json"])
            {
                using HttpResponseMessage refused = await http.PostAsync("/items/unreferenced", new StringContent(bad), Ct);
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As collectors ask: by the mapping version that read them last.</summary>
    private static KeptReading[] Readings(IEnumerable<Observation> observations) =>
    [
        .. observations.GroupBy(o => (o.Lineage.NotificationSha256, o.Lineage.Format)).Select(g => new KeptReading(
            g.Key.NotificationSha256, g.Key.Format, g.Max(o => o.Lineage.MappingVersion), 1)),
    ];
}
