using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>
/// What has to hold when everything is over, however it went: nothing that was accepted is missing, every item is
/// accounted for, and ledgers and packages are those that the offline command makes of the same deliveries, byte for
/// byte. Receipt times are part of the bytes, and are taken from the read endpoint.
/// </summary>
/// <param name="reads">Where to read.</param>
/// <param name="handoff">Whom to ask for ledgers and packages.</param>
/// <param name="scratch">Where the offline command may write.</param>
/// <param name="log">What the services said, for a failure.</param>
public sealed class SameAsOffline(Reads reads, HandoffService.HandoffServiceClient handoff, Scratch scratch, Func<string> log)
{
    private static readonly string[] Outcomes = ["applied", "superseded", "duplicate", "unbound", "hint", "irrelevant", "rejected"];

    /// <summary>Longest time until the work is done, when there is much of it.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>
    /// Waits until nothing is under way, then compares all of it; returns what was compared.
    /// </summary>
    /// <param name="notifications">Everything that was sent.</param>
    /// <param name="accepted">What was answered with 202.</param>
    public async Task<Compared> HoldsAsync(IReadOnlyList<Sent> notifications, IReadOnlyCollection<Accepted> accepted)
    {
        await reads.QuietAsync(log, Patience);
        IReadOnlyList<(string Source, DeliveryView View)> deliveries = await DeliveriesAsync();
        EveryAcceptedNotificationIsThere(deliveries, accepted);
        Offline offline = await Offline.ReconcileAsync(scratch, Delivered(deliveries, notifications));
        IReadOnlyDictionary<string, long> items = await EveryItemIsAccountedForAsync(offline);
        await LedgersAndPackagesAreTheSameAsync(offline);
        return new Compared(accepted.Count, deliveries.Count, items, offline.Ledgers.Count, offline.Packages.Count);
    }

    /// <summary>I7: items in are the sum of the outcomes, at each collector, over all of them, and as offline.</summary>
    private async Task<IReadOnlyDictionary<string, long>> EveryItemIsAccountedForAsync(Offline offline)
    {
        CountsView[] counts = await Task.WhenAll(Sources.All.Select(reads.CountsAsync));
        Dictionary<string, long> folded = await reads.OutcomesAsync();
        long Counted(string outcome) => counts.Sum(c => c.ByOutcome.GetValueOrDefault(outcome)) + folded.GetValueOrDefault(outcome);

        Assert.All(counts, c => Assert.Equal(c.Items, c.ByOutcome.Values.Sum()));
        Assert.Equal(counts.Sum(c => c.ByOutcome.GetValueOrDefault("observed")), folded.Values.Sum());
        Assert.Equal(
            Outcomes.Select(o => $"{o} {offline.Summary[o]}"),
            Outcomes.Select(o => $"{o} {Counted(o)}"));
        Assert.Equal(0, (int)offline.Summary["silentlyOverwritten"]!);
        return Outcomes.ToDictionary(o => o, Counted, StringComparer.Ordinal);
    }

    /// <summary>The handoff has the ledgers of the offline command by their SHA-256, and its packages by their id.</summary>
    private async Task LedgersAndPackagesAreTheSameAsync(Offline offline)
    {
        IReadOnlyDictionary<string, JsonNode> expected = offline.Ledgers;
        await Eventually.IsAsync(
            "the same ledgers",
            async () => Difference(expected, await LedgersAsync()),
            d => d is null,
            log,
            Patience);

        string packages = Lines(offline.Packages.Select(p => $"{p["tuple"]!["tag"]} {p["id"]}"));
        await Eventually.IsAsync(
            $"the packages\n{packages}\n",
            async () => Lines((await PreparedAsync()).Select(p => $"{p.Tuple.Tag} {p.PackageId}")),
            p => p == packages,
            log,
            Patience);
    }

    private static void EveryAcceptedNotificationIsThere(
        IReadOnlyList<(string Source, DeliveryView View)> deliveries, IReadOnlyCollection<Accepted> accepted)
    {
        var kept = deliveries.ToDictionary(d => (d.Source, d.View.IntakeId), d => d.View);
        foreach (Accepted taken in accepted)
        {
            Assert.True(
                kept.TryGetValue((taken.Sent.Source, taken.IntakeId), out DeliveryView? found),
                $"{taken.Sent.Source} accepted {taken.IntakeId}, and lost it");
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(taken.Sent.Body)), found.NotificationSha256);
            Assert.Equal(taken.NotificationSha256, found.NotificationSha256);
            Assert.Equal("normalised", found.State);
        }

        // Each 202 stands for a delivery of its own.
        Assert.Equal(accepted.Count, accepted.Select(a => (a.Sent.Source, a.IntakeId)).Distinct().Count());
    }

    /// <summary>
    /// Everything that was kept: what got its answer, and what was cut off between the commit and the answer, which its
    /// sender has sent again.
    /// </summary>
    private async Task<IReadOnlyList<(string Source, DeliveryView View)>> DeliveriesAsync()
    {
        IReadOnlyList<DeliveryView>[] views = await Task.WhenAll(Sources.All.Select(reads.DeliveriesAsync));
        return [.. Sources.All.Zip(views).SelectMany(s => s.Second.Select(d => (s.First, d)))];
    }

    private static IEnumerable<Delivered> Delivered(
        IEnumerable<(string Source, DeliveryView View)> deliveries, IReadOnlyList<Sent> notifications)
    {
        var bodies = notifications
            .DistinctBy(n => Convert.ToHexStringLower(SHA256.HashData(n.Body)))
            .ToDictionary(n => Convert.ToHexStringLower(SHA256.HashData(n.Body)), StringComparer.Ordinal);
        return deliveries.Select(d => (d.View.ReceivedAt, Sent: bodies[d.View.NotificationSha256]))
            .Select(d => new Delivered(d.Sent.OfflineFormat, d.ReceivedAt, d.Sent.Body, d.Sent.Headers));
    }

    private async Task<IReadOnlyList<Ledger>> LedgersAsync()
    {
        var ledgers = new List<Ledger>();
        var request = new ListLedgersRequest { PageSize = 100 };
        do
        {
            ListLedgersResponse page = await AskAsync(() => handoff.ListLedgersAsync(request));
            ledgers.AddRange(page.Ledgers);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return ledgers;
    }

    private async Task<IReadOnlyList<CorrectionPackage>> PreparedAsync()
    {
        var packages = new List<CorrectionPackage>();
        var request = new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = 100, State = PackageState.Prepared };
        do
        {
            ListCorrectionPackagesResponse page = await AskAsync(() => handoff.ListCorrectionPackagesAsync(request));
            packages.AddRange(page.Packages);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return packages;
    }

    /// <summary>A handoff that is away is one that can't be reached yet.</summary>
    private static async Task<T> AskAsync<T>(Func<AsyncUnaryCall<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException away) when (away.StatusCode == StatusCode.Unavailable)
        {
            throw new HttpRequestException(away.Status.Detail, away);
        }
    }

    private static string? Difference(IReadOnlyDictionary<string, JsonNode> expected, IReadOnlyCollection<Ledger> ledgers)
    {
        string[] other = [.. ledgers.Where(l => !expected.ContainsKey(l.Sha256)).Select(l => $"{l.Tuple.Tag}: {l.MaskedJson}")];
        return ledgers.Count == expected.Count && other.Length == 0
            ? null
            : $"{ledgers.Count} ledgers instead of {expected.Count}; not as offline:\n{string.Join('\n', other)}";
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
}

/// <summary>What was the same: how much was accepted and kept, how the items ended, how many documents there are.</summary>
public sealed record Compared(int Accepted, int Kept, IReadOnlyDictionary<string, long> Items, int Ledgers, int Packages)
{
    /// <summary>As a line to print.</summary>
    public override string ToString() =>
        $"{Accepted} accepted, {Kept} kept; {string.Join(", ", Items.Select(i => $"{i.Key} {i.Value}"))}; {Ledgers} ledgers and {Packages} packages are the same";
}
