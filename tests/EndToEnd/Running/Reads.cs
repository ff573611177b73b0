using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ReleaseIntegrity.Tests.EndToEnd.Running;

/// <summary>A delivery as the collector's read endpoint tells it.</summary>
internal sealed record DeliveryView(string IntakeId, string NotificationSha256, string Format, DateTimeOffset ReceivedAt, string State);

/// <summary>A collector's counts.</summary>
internal sealed record CountsView(
    string Source, long Notifications, long Contents, long Waiting, long Items, Dictionary<string, long> ByOutcome, long Unpublished);

/// <summary>One item as the collector's read endpoint tells it.</summary>
internal sealed record ItemView(string NotificationSha256, string Format, int Index, string Outcome, string? Reason);

/// <summary>What operators can read of a running process.</summary>
internal static class Reads
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The four collectors.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        ["artifact-registry", "signature-ledger", "change-snapshot", "runtime-validation"];

    /// <summary>What a collector counted.</summary>
    public static async Task<CountsView> CountsAsync(this HttpClient http, string source) =>
        (await http.GetFromJsonAsync<CountsView>($"/{source}/counts", Web))!;

    /// <summary>A delivery, or null if there is none with that id.</summary>
    public static async Task<DeliveryView?> DeliveryAsync(this HttpClient http, string source, string intakeId)
    {
        using HttpResponseMessage response = await http.GetAsync($"/{source}/notifications/{intakeId}");
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<DeliveryView>(Web);
    }

    /// <summary>All deliveries of a collector. Ids are positions, in which an aborted transaction may leave gaps.</summary>
    public static async Task<IReadOnlyList<DeliveryView>> DeliveriesAsync(this HttpClient http, string source)
    {
        long count = (await http.CountsAsync(source)).Notifications;
        var found = new List<DeliveryView>();
        for (int id = 1; found.Count < count; id++)
        {
            Assert.True(id <= (2 * count) + 100, $"{source}: {found.Count} of {count} deliveries found");
            if (await http.DeliveryAsync(source, $"{id}") is { } delivery)
            {
                found.Add(delivery);
            }
        }

        return found;
    }

    /// <summary>All items of a collector with one outcome.</summary>
    public static async Task<IReadOnlyList<ItemView>> ItemsAsync(this HttpClient http, string source, string outcome)
    {
        var items = new List<ItemView>();
        string? after = null;
        do
        {
            ItemPage page = (await http.GetFromJsonAsync<ItemPage>(
                $"/{source}/items?outcome={outcome}&limit=1000{(after is null ? "" : $"&after={after}")}", Web))!;
            items.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return items;
    }

    /// <summary>How the reconciler's items ended.</summary>
    public static async Task<Dictionary<string, long>> OutcomesAsync(this HttpClient http) =>
        (await http.GetFromJsonAsync<Dictionary<string, long>>("/items/counts", Web))!;

    /// <summary>
    /// Waits until nothing is under way any more: every notification is normalised, every message of the collectors is
    /// confirmed by its consumer, and the reconciler has as many observations as the collectors made.
    /// </summary>
    public static Task QuietAsync(this HttpClient http, Func<string> log) => Eventually.IsAsync(
        "quiet",
        async () =>
        {
            CountsView[] counts = await Task.WhenAll(Sources.Select(http.CountsAsync));
            Dictionary<string, long> outcomes = await http.OutcomesAsync();
            return (
                Waiting: counts.Sum(c => c.Waiting),
                Unpublished: counts.Sum(c => c.Unpublished),
                Observed: counts.Sum(c => c.ByOutcome["observed"]),
                Folded: outcomes.Values.Sum());
        },
        q => q.Waiting == 0 && q.Unpublished == 0 && q.Observed == q.Folded,
        log);

    private sealed record ItemPage(IReadOnlyList<ItemView> Items, string? Next);
}
