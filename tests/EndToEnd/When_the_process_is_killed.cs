using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.EndToEnd.Running;
using ReleaseIntegrity.Tests.EndToEnd.Traffic;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>
/// I10, durability: a 2xx to a source means that the notification survives <c>kill -9</c>. The process is killed again
/// and again while sources send, while it starts, and while it works off what it took; in the end nothing that was
/// accepted is missing, every item is accounted for, and ledgers and packages are those that the offline command makes
/// of the same deliveries, byte for byte: receipt times are part of the bytes, and are taken from the read endpoint.
/// More kills: <c>CRASH_KILLS=100 dotnet test …</c>.
/// </summary>
public sealed class When_the_process_is_killed(ITestOutputHelper output) : IDisposable
{
    private const int ReleaseCount = 24;
    private const int LongestAfterAnswer_ms = 250;
    private const int LongestStart_ms = 900;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What decides the moments, so that a failing run can be played again.</summary>
    private static readonly int[] Seeds = [11, 23, 42, 77, 101];

    private readonly Scratch _scratch = new();
    private Served? _served;

    public void Dispose()
    {
        _served?.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Nothing_that_was_accepted_is_lost_and_the_ledgers_are_those_of_an_undisturbed_run()
    {
        IReadOnlyList<Sent> notifications = new Releases(Hour(DateTimeOffset.UtcNow).AddHours(-6)).All(ReleaseCount);
        _served = await Served.StartAsync(_scratch["data"]);
        var senders = new Senders(notifications, () => _served?.Http);
        using var stop = new CancellationTokenSource();
        Task sending = senders.RunAsync(stop.Token);
        try
        {
            await KillAgainAndAgainAsync(senders);
            await sending;
        }
        finally
        {
            await stop.CancelAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        Assert.Equal(senders.Total, senders.Accepted.Count);
        using HttpClient http = _served.Client();
        await http.QuietAsync(() => _served.Log);
        await EveryAcceptedNotificationIsThereAsync(http, senders.Accepted);
        Offline offline = await Offline.ReconcileAsync(_scratch, await DeliveriesAsync(http, notifications));
        await EveryItemIsAccountedForAsync(http, offline);
        await LedgersAndPackagesAreTheSameAsync(offline);
    }

    private async Task KillAgainAndAgainAsync(Senders senders)
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("CRASH_KILLS") ?? $"{Seeds.Length}", CultureInfo.InvariantCulture);
        for (int kill = 0; kill < kills; kill++)
        {
            int seed = kill < Seeds.Length ? Seeds[kill] : (1000 * (kill / Seeds.Length)) + Seeds[kill % Seeds.Length];
            var chance = new Random(seed);

            // One kill in each stretch of the traffic, the last one when all of it is in; every other one in the very
            // moment of an answer, when what was answered had better be on disk.
            double stretch = kill == kills - 1 ? 1 : (kill + chance.NextDouble()) / kills;
            int accepted = (int)(stretch * senders.Total);
            TimeSpan later = TimeSpan.FromMilliseconds(kill % 2 == 0 ? 0 : chance.Next(LongestAfterAnswer_ms));
            await senders.AtAsync(accepted, () => _served!.Kill(later)).WaitAsync(Patience);
            output.WriteLine($"kill {kill + 1}, seed {seed}: {senders.Accepted.Count} of {senders.Total} accepted");
            _served!.Dispose();
            if (kill % 2 == 1)
            {
                KilledWhileStarting(chance.Next(LongestStart_ms));
            }

            _served = await Served.StartAsync(_scratch["data"]);
        }
    }

    private void KilledWhileStarting(int after_ms)
    {
        using var child = new Child(Program.Start("serve", "--data", _scratch["data"], "--urls", "http://127.0.0.1:0", "--grpc-port", "0"));
        child.Process.WaitForExit(after_ms);
        Assert.False(child.Process.HasExited, "a start on what a kill left behind ended by itself");
    }

    private static async Task EveryAcceptedNotificationIsThereAsync(HttpClient http, IReadOnlyCollection<Accepted> accepted)
    {
        foreach (Accepted taken in accepted)
        {
            DeliveryView? found = await http.DeliveryAsync(taken.Sent.Source, taken.IntakeId);
            Assert.True(found is not null, $"{taken.Sent.Source} accepted {taken.IntakeId}, and lost it");
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(taken.Sent.Body)), found.NotificationSha256);
            Assert.Equal(taken.NotificationSha256, found.NotificationSha256);
            Assert.Equal("normalised", found.State);
        }
    }

    /// <summary>
    /// Everything that was kept, with the time at which it was received: what got its answer, and what was killed between
    /// the commit and the answer, which its sender has sent again.
    /// </summary>
    private static async Task<IReadOnlyList<Delivered>> DeliveriesAsync(HttpClient http, IReadOnlyList<Sent> notifications)
    {
        var bodies = notifications.ToDictionary(n => Convert.ToHexStringLower(SHA256.HashData(n.Body)), StringComparer.Ordinal);
        var deliveries = new List<Delivered>();
        foreach (string source in Reads.Sources)
        {
            foreach (DeliveryView delivery in await http.DeliveriesAsync(source))
            {
                Sent sent = bodies[delivery.NotificationSha256];
                deliveries.Add(new Delivered(sent.OfflineFormat, delivery.ReceivedAt, sent.Body));
            }
        }

        return deliveries;
    }

    /// <summary>I7: items in are the sum of the outcomes, at each collector, over all of them, and as offline.</summary>
    private async Task EveryItemIsAccountedForAsync(HttpClient http, Offline offline)
    {
        CountsView[] counts = await Task.WhenAll(Reads.Sources.Select(http.CountsAsync));
        Dictionary<string, long> folded = await http.OutcomesAsync();
        long Counted(string outcome) => counts.Sum(c => c.ByOutcome.GetValueOrDefault(outcome)) + folded.GetValueOrDefault(outcome);

        Assert.All(counts, c => Assert.Equal(c.Items, c.ByOutcome.Values.Sum()));
        Assert.Equal(counts.Sum(c => c.ByOutcome["observed"]), folded.Values.Sum());
        string[] outcomes = ["applied", "superseded", "duplicate", "unbound", "hint", "irrelevant", "rejected"];
        Assert.Equal(
            outcomes.Select(o => $"{o} {offline.Summary[o]}"),
            outcomes.Select(o => $"{o} {Counted(o)}"));
        Assert.All(outcomes, o => Assert.True(Counted(o) > 0, $"the traffic had nothing that is {o}"));
        Assert.Equal(0, (int)offline.Summary["silentlyOverwritten"]!);
        output.WriteLine(string.Join(", ", outcomes.Select(o => $"{o} {Counted(o)}")));
    }

    private async Task LedgersAndPackagesAreTheSameAsync(Offline offline)
    {
        using GrpcChannel channel = _served!.Channel();
        var handoff = new HandoffService.HandoffServiceClient(channel);
        string[] ledgers = [.. offline.Ledgers.Keys.Order(StringComparer.Ordinal)];
        Assert.Equal(ReleaseCount, ledgers.Length);
        string? difference = await Eventually.IsAsync(
            "the same ledgers",
            async () => Difference(offline, (await handoff.ListLedgersAsync(new ListLedgersRequest { PageSize = 100 })).Ledgers),
            d => d is null,
            () => _served.Log);
        Assert.Null(difference);

        string[] packages = [.. offline.Packages.Select(Text).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(packages);
        await Eventually.IsAsync(
            $"the packages\n{string.Join('\n', packages)}\n",
            async () => string.Join('\n', (await handoff.ListCorrectionPackagesAsync(
                    new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = 100, State = PackageState.Prepared }))
                .Packages.Select(p => $"{p.Tuple.Tag} {p.PackageId}").Order(StringComparer.Ordinal)),
            p => p == string.Join('\n', packages),
            () => _served.Log);
        output.WriteLine($"{ledgers.Length} ledgers and {packages.Length} packages are the same");
    }

    private static string Text(JsonNode package) => $"{package["tuple"]!["tag"]} {package["id"]}";

    private static string? Difference(Offline offline, IReadOnlyCollection<Ledger> ledgers)
    {
        IReadOnlyDictionary<string, JsonNode> expected = offline.Ledgers;
        string[] other = [.. ledgers.Where(l => !expected.ContainsKey(l.Sha256)).Select(l => $"{l.Tuple.Tag}: {l.MaskedJson}")];
        return ledgers.Count == expected.Count && other.Length == 0
            ? null
            : $"{ledgers.Count} ledgers instead of {expected.Count}; not as offline:\n{string.Join('\n', other)}";
    }

    private static DateTimeOffset Hour(DateTimeOffset time) => new(time.Year, time.Month, time.Day, time.Hour, 0, 0, TimeSpan.Zero);
}
