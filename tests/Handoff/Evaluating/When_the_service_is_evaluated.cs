using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Core;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Handoff.Service;
using ReleaseIntegrity.Tests.Servers;
using CorrectionPackage = ReleaseIntegrity.Handoff.V1.CorrectionPackage;

namespace ReleaseIntegrity.Tests.Handoff.Evaluating;

/// <summary>
/// A history made by hand, of three artifacts on two trains, whose figures are counted by hand too. The api's scenario is ready
/// 4 h after the entry of 08:00 that contradicts the registry, its promotion is authorised; the web's is ready after 1 h and
/// its promotion returned; the third, of another train, is ready after 30 min, and its digest pinned while it is held.
/// </summary>
public abstract class When_the_service_is_evaluated<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private const string Later = "rel-2026.03.29.1";

    private static readonly Elsewhere Api = new(World.Repository);
    private static readonly Elsewhere Web = new("payments/web");
    private static readonly Elsewhere Other = new("payments/web", Later);
    private static readonly Observation[] Promoted = [.. World.Scenario(), World.Push(World.B, "12:30")];

    private readonly TPlace _place = new();

    [Fact]
    public async Task The_figures_of_a_known_history_are_known()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        await StoryAsync(steward, Messages());
        Assert.Equal(
            Figure(3, 3600, 14400, 14400, "certificate-fingerprint 1/2 +0, manifest-digest 0/0 +1, signature-envelope-id 1/2 +0", held: 4, ruled: 4, packages: 5),
            Text(await steward.EvaluateAsync()));
        Assert.Equal(
            Figure(2, 3600, 14400, 14400, "certificate-fingerprint 1/2 +0, signature-envelope-id 1/2 +0", held: 0, ruled: 4, packages: 4), Text(await steward.EvaluateAsync(World.Tag)));
        Assert.Equal(Figure(1, 1800, 1800, 1800, "manifest-digest 0/0 +1", held: 4, ruled: 0, packages: 1), Text(await steward.EvaluateAsync(Later)));
        Evaluation none = await steward.EvaluateAsync("rel-of-nobody");
        Assert.Equal((0L, null, 0L), (none.TimeToLedger.Count, none.TimeToLedger.P50, none.Reliability.Prepared));
    }

    [Fact]
    public async Task Any_order_of_arrival_gives_the_same_figures_and_only_the_arrival_itself_differs()
    {
        string? expected = null;
        for (int seed = 0; seed < 6; seed++)
        {
            await using var place = new TPlace();
            await using Steward steward = await Steward.AtAsync(place);
            object[] messages = [.. Messages(), .. Messages()];
            new Random(seed).Shuffle(messages);
            await StoryAsync(steward, messages);
            Evaluation evaluation = await steward.EvaluateAsync();
            evaluation.Reliability.OutOfOrder = 0;
            Assert.Equal(expected ??= Text(evaluation), Text(evaluation));
        }

        Assert.Equal(Figure(3, 3600, 14400, 14400, "certificate-fingerprint 1/2 +0, manifest-digest 0/0 +1, signature-envelope-id 1/2 +0", held: 4, ruled: 4, packages: 5), expected);
    }

    [Fact]
    public async Task What_has_to_be_zero_is_counted_once_however_often_it_comes()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        Reconciliation first = Api.Reconcile("12:00", World.Scenario());
        Reconciliation second = Api.Reconcile("14:00", Promoted);
        LedgerChanged overwriting = Overwriting(Api.Ledger(1, first, "12:00"));
        for (int again = 0; again < 2; again++)
        {
            // Package 3 without 2 and before 1; a ledger that overwrites, then one that doesn't; other contents of both.
            await steward.Feed.Apply(Api.Package(3, second, "14:00"));
            await steward.Feed.Apply(Api.Package(1, first, "12:00"));
            await steward.Feed.Apply(overwriting);
            await steward.Feed.Apply(Api.Ledger(3, second, "14:00"));
            await steward.Feed.Apply(Api.Ledger(1, first, "12:00"));
            await steward.Feed.Apply(Api.Ledger(1, second, "12:00"));
            await steward.Feed.Apply(Api.Package(3, first, "14:00"));
            await steward.Feed.Apply(Api.Ledger(4, first, "15:00") with { Contradicts = 3 });
        }

        Evaluation evaluation = await steward.EvaluateAsync();
        Assert.Equal(1, evaluation.Conflicts.Overwritten);
        Assert.Equal((2L, 1L, 1L), (evaluation.Reliability.Prepared, evaluation.Reliability.OutOfOrder, evaluation.Reliability.Missing));
        Assert.Equal((2L, 1L), (evaluation.Reliability.Conflicting, evaluation.Reliability.RederivedOtherwise));
        await steward.Feed.Apply(Api.Package(2, second, "13:00"));
        Assert.Equal((0L, 2L), ((await steward.EvaluateAsync()).Reliability.Missing, (await steward.EvaluateAsync()).Reliability.OutOfOrder));
    }

    [Fact]
    public async Task A_pin_counts_against_what_was_reconciled_until_it_is_taken_back_and_a_diverged_repair_too()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        await steward.Feed.Apply(Api.Ledger(1, Api.Reconcile("14:00", Promoted), "14:00"));
        await steward.Feed.Apply(Api.Package(1, Api.Reconcile("14:00", Promoted), "14:00"));
        CorrectionPackage package = await steward.PackageAsync("latest");
        int old = package.Ledger.Fields.Single(f => f.Field == "certificate-fingerprint").Candidates.ToList().FindIndex(c => c.Lineage.Source == "change-snapshot");
        await steward.PinAsync(package, "certificate-fingerprint", old);
        Assert.Equal("certificate-fingerprint 0/1 +0", Fields(await steward.EvaluateAsync()));
        await steward.UnpinAsync("certificate-fingerprint");
        Assert.Equal("", Fields(await steward.EvaluateAsync()));
        await steward.AuthorizeAsync(package);
        Assert.Equal("certificate-fingerprint 1/1 +0, signature-envelope-id 1/1 +0", Fields(await steward.EvaluateAsync()));
        Observation[] wrong = [.. Promoted, World.Snapshot(World.B, "14:40", 5, new string('3', 64), "05:30")];
        await steward.Feed.Apply(Api.Ledger(2, Api.Reconcile("16:00", wrong), "16:00"));
        Assert.Equal("certificate-fingerprint 0/1 +0, signature-envelope-id 1/1 +0", Fields(await steward.EvaluateAsync()));
    }

    /// <summary>What was handed off before there were figures is counted page by page, and comes to the same.</summary>
    [Fact]
    public async Task The_figures_follow_from_what_is_kept()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        await StoryAsync(steward, Messages());
        await steward.Feed.Apply(Overwriting(Other.Ledger(0, Other.Reconcile("12:00", World.Scenario()), "07:00")));
        string before = Text(await steward.EvaluateAsync());
        await steward.Store.Store.WriteAsync(
            async (StoreTransaction tx) =>
            {
                foreach (string forget in (string[])["delete from episode", "delete from judgement", "delete from overwritten", "update ledger set conflicts_held = null, conflicts_ruled = null, conflicts_converging = null", "update handoff set counted_to = 0, count_until = (select max(tuple_no) from tuple)"])
                {
                    await tx.ExecuteAsync(forget);
                }
            },
            CancellationToken.None);
        Assert.NotEqual(before, Text(await steward.EvaluateAsync()));
        using var backfill = new EvaluationBackfill(steward.Store, steward.Clock, NullLogger<EvaluationBackfill>.Instance);
        Assert.True(await backfill.CountPageAsync(CancellationToken.None));
        Assert.False(await backfill.CountPageAsync(CancellationToken.None));
        Assert.Equal(before, Text(await steward.EvaluateAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the reconciler says, in its order.</summary>
    private static object[] Messages() =>
    [
        Api.Ledger(1, Api.Reconcile("12:00", World.Scenario()), "12:00"), Api.Package(1, Api.Reconcile("12:00", World.Scenario()), "12:00"),
        Api.Ledger(2, Api.Reconcile("14:00", Promoted), "14:00"), Api.Package(2, Api.Reconcile("14:00", Promoted), "14:00"),
        Web.Ledger(1, Web.Reconcile("12:00", World.Scenario()), "09:00"), Web.Package(1, Web.Reconcile("12:00", World.Scenario()), "09:00"),
        Web.Ledger(2, Web.Reconcile("14:00", Promoted), "14:00"), Web.Package(2, Web.Reconcile("14:00", Promoted), "14:00"),
        Other.Ledger(1, Other.Reconcile("12:00", World.Scenario()), "08:30"), Other.Package(1, Other.Reconcile("12:00", World.Scenario()), "08:30"),
    ];

    /// <summary>Messages, then what the steward decides on what stands.</summary>
    private static async Task StoryAsync(Steward steward, object[] messages)
    {
        foreach (object message in messages)
        {
            await steward.Feed.Apply(message);
        }

        await steward.AuthorizeAsync(await steward.PackageAsync("latest", Api.Tuple));
        await steward.ReturnAsync(await steward.PackageAsync("latest", Web.Tuple));
        await steward.PinAsync(await steward.PackageAsync("latest", Other.Tuple), "manifest-digest", 0);
    }

    /// <summary>The same ledger, were the digest chosen without a word.</summary>
    private static LedgerChanged Overwriting(LedgerChanged ledger)
    {
        var document = (JsonObject)JsonNode.Parse(ledger.CanonicalLedger)!;
        JsonNode digest = document["fields"]!.AsArray().Single(f => (string)f!["field"]! == "manifest-digest")!;
        (digest["state"], digest["hold"], digest["authoritative"]) = ("agreed", null, World.B.Text);
        byte[] canonical = CanonicalJson.Bytes(document);
        return ledger with { CanonicalLedger = canonical, LedgerSha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(canonical)) };
    }

    private static string Figure(int count, int p50, int p90, int max, string fields, int held, int ruled, int packages) =>
        $"{count} episodes {p50} {p90} {max} s; {fields}; {held} held {ruled} ruled 0 converging 0 overwritten; {packages} packages 0 late 0 missing 0 conflicting 0 rederived";

    private static string Text(Evaluation e) =>
        $"{e.TimeToLedger.Count} episodes {e.TimeToLedger.P50?.Seconds} {e.TimeToLedger.P90?.Seconds} {e.TimeToLedger.Max?.Seconds} s; {Fields(e)}; "
        + $"{e.Conflicts.Held} held {e.Conflicts.DecidedByRule} ruled {e.Conflicts.Converging} converging {e.Conflicts.Overwritten} overwritten; "
        + $"{e.Reliability.Prepared} packages {e.Reliability.OutOfOrder} late {e.Reliability.Missing} missing {e.Reliability.Conflicting} conflicting {e.Reliability.RederivedOtherwise} rederived";

    private static string Fields(Evaluation e) => string.Join(", ", e.Agreement.Select(a => $"{a.Field} {a.Accepted}/{a.Total} +{a.PinnedFromHold}").Order(StringComparer.Ordinal));
}

public sealed class Sqlite_evaluation : When_the_service_is_evaluated<SqliteFiles>
{
    [Fact]
    public async Task Who_may_see_one_repository_sees_its_figures_alone()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        Elsewhere api = new(World.Repository), web = new("payments/web");
        await host.Feed.Apply(api.Ledger(1, api.Reconcile("12:00", World.Scenario()), "12:00"));
        await host.Feed.Apply(api.Package(1, api.Reconcile("12:00", World.Scenario()), "12:00"));
        await host.Feed.Apply(web.Package(2, web.Reconcile("12:00", World.Scenario()), "09:00"));
        await host.Feed.Apply(web.Package(1, web.Reconcile("12:00", World.Scenario()), "08:50"));
        await host.Feed.Apply(web.Package(1, web.Reconcile("14:00", [.. World.Scenario(), World.Push(World.B, "12:30")]), "08:50"));

        Assert.Equal((2L, 3L, 1L, 1L), await CountsAsync(host));
        Assert.Equal((1L, 1L, 0L, 0L), await CountsAsync(host, api.Tuple.Coordinates));
        Assert.Equal((1L, 2L, 1L, 1L), await CountsAsync(host, "registry.example.com/payments/web"));
        Assert.Equal((0L, 0L, 0L, 0L), await CountsAsync(host, "registry.invalid/**"));
        Evaluation scoped = await new HandoffService.HandoffServiceClient(host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], api.Tuple.Coordinates)))
            .GetEvaluationAsync(new GetEvaluationRequest());
        Assert.Equal(4, scoped.Conflicts.Held);

        string json = await host.Http.GetStringAsync("/v1/evaluation");
        Assert.Matches("\"held\": ?\"?4", json);
    }

    [Fact]
    public async Task The_gauges_say_the_same_and_their_labels_hold_no_secret()
    {
        RandomDocument[] randoms = [.. Enumerable.Range(900, 8).Select(seed => new RandomDocument(seed))];
        await using HandoffHost host = await HandoffHost.StartAsync();
        Elsewhere api = new(World.Repository, "rel-of-the-gauges");
        await host.Feed.Apply(api.Ledger(1, api.Reconcile("12:00", World.Scenario()), "12:00"));
        await host.Feed.Apply(api.Package(1, api.Reconcile("12:00", World.Scenario()), "12:00"));
        foreach (RandomDocument random in randoms)
        {
            await host.Feed.Apply(HandoffHost.Changed(random, 1));
            await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        }

        // A train that is called like its repository.
        var told = (JsonObject)JsonNode.Parse(api.Ledger(1, api.Reconcile("12:00", World.Scenario()), "12:00").CanonicalLedger)!;
        var named = new Elsewhere("payments/secret-project");
        string secret = CanonicalJson.Text(told).Replace(World.Repository, named.Repository, StringComparison.Ordinal).Replace($"\"{api.Tag}\"", $"\"{named.Repository}\"", StringComparison.Ordinal);
        await host.Feed.Apply((named with { Tag = named.Repository }).Ledger(1, secret, "12:00"));

        await host.Services.GetServices<IHostedService>().OfType<EvaluationMetrics>().Single().RefreshAsync(CancellationToken.None);
        var points = new List<(string Name, double Value, string Labels)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name.StartsWith("releaseintegrity.evaluation.", StringComparison.Ordinal))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            points.Add((instrument.Name, value, string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}")))));
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Contains(("releaseintegrity.evaluation.time_to_ledger", 14400d, $"train={api.Tag},quantile=0.5"), points);
        Assert.Contains(("releaseintegrity.evaluation.conflicts", 4d, $"train={api.Tag},route=held"), points);
        Assert.Contains(("releaseintegrity.evaluation.packages", 9d, "kind=received"), points);
        string labels = string.Join('\n', points.Select(p => p.Labels));
        Assert.DoesNotContain(named.Repository, labels, StringComparison.Ordinal);
        Assert.DoesNotContain(randoms.SelectMany(r => r.Secrets), s => Leaks.Shows(labels, s));
    }

    private static async Task<(long Episodes, long Packages, long Late, long Conflicting)> CountsAsync(HandoffHost host, params string[] scope)
    {
        using Grpc.Net.Client.GrpcChannel channel = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], scope));
        Evaluation e = await new HandoffService.HandoffServiceClient(channel).GetEvaluationAsync(new GetEvaluationRequest());
        return (e.TimeToLedger.Count, e.Reliability.Prepared, e.Reliability.OutOfOrder, e.Reliability.Conflicting);
    }
}

public sealed class SqlServer_evaluation : When_the_service_is_evaluated<SqlServerSchema>;
