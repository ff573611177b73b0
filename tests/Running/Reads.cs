using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>A delivery as the collector's read endpoint tells it.</summary>
public sealed record DeliveryView(string IntakeId, string NotificationSha256, string Format, DateTimeOffset ReceivedAt, string State);

/// <summary>A collector's counts.</summary>
public sealed record CountsView(
    string Source, long Notifications, long Contents, long Waiting, long Items, Dictionary<string, long> ByOutcome, long Unpublished);

/// <summary>One item as the collector's read endpoint tells it.</summary>
public sealed record ItemView(string NotificationSha256, string Format, int Index, string Outcome, string? Reason);

/// <summary>What operators can read of collectors and reconciler, in one process or in many.</summary>
/// <param name="collector">Where the collector of a source answers, with a slash at the end.</param>
/// <param name="reconciler">Where the reconciler answers.</param>
/// <param name="bearer">What the collectors want to be shown.</param>
public sealed class Reads(Func<string, Uri> collector, Func<Uri> reconciler, string? bearer = null) : IDisposable
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new()
    {
        DefaultRequestHeaders = { Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer) },
    };

    /// <summary>What a collector counted.</summary>
    public async Task<CountsView> CountsAsync(string source) =>
        (await _http.GetFromJsonAsync<CountsView>(new Uri(collector(source), "counts"), Web))!;

    /// <summary>A delivery, or null if there is none with that id.</summary>
    public async Task<DeliveryView?> DeliveryAsync(string source, string intakeId)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(collector(source), $"notifications/{intakeId}"));
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<DeliveryView>(Web);
    }

    /// <summary>All deliveries of a collector. Ids are positions, in which an aborted transaction may leave gaps.</summary>
    public async Task<IReadOnlyList<DeliveryView>> DeliveriesAsync(string source)
    {
        long count = (await CountsAsync(source)).Notifications;
        var found = new List<DeliveryView>();
        for (int id = 1; found.Count < count; id++)
        {
            Assert.True(id <= (2 * count) + 100, $"{source}: {found.Count} of {count} deliveries found");
            if (await DeliveryAsync(source, $"{id}") is { } delivery)
            {
                found.Add(delivery);
            }
        }

        return found;
    }

    /// <summary>All items of a collector with one outcome.</summary>
    public async Task<IReadOnlyList<ItemView>> ItemsAsync(string source, string outcome)
    {
        var items = new List<ItemView>();
        string? after = null;
        do
        {
            ItemPage page = (await _http.GetFromJsonAsync<ItemPage>(
                new Uri(collector(source), $"items?outcome={outcome}&limit=1000{(after is null ? "" : $"&after={after}")}"), Web))!;
            items.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return items;
    }

    /// <summary>How the reconciler's items ended.</summary>
    public async Task<Dictionary<string, long>> OutcomesAsync() =>
        (await _http.GetFromJsonAsync<Dictionary<string, long>>(new Uri(reconciler(), "items/counts"), Web))!;

    /// <summary>The messages that the reconciler could not fold, each with its reason.</summary>
    public async Task<JsonNode> QuarantineAsync() => (await _http.GetFromJsonAsync<JsonNode>(new Uri(reconciler(), "quarantine")))!;

    /// <summary>
    /// Waits until nothing is under way any more: every notification is normalised, every message of the collectors has
    /// left, and the reconciler has as many observations as the collectors made.
    /// </summary>
    public Task QuietAsync(Func<string> log, TimeSpan? patience = null) => Eventually.IsAsync("quiet", StandingAsync, s => s.IsQuiet, log, patience);

    /// <summary>What is under way.</summary>
    public async Task<Standing> StandingAsync()
    {
        CountsView[] counts = await Task.WhenAll(Sources.All.Select(CountsAsync));
        Dictionary<string, long> outcomes = await OutcomesAsync();
        return new Standing(
            counts.Sum(c => c.Waiting),
            counts.Sum(c => c.Unpublished),
            counts.Sum(c => c.ByOutcome.GetValueOrDefault("observed")),
            outcomes.Values.Sum());
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private sealed record ItemPage(IReadOnlyList<ItemView> Items, string? Next);
}

/// <summary>How far the work is: notifications and messages that wait at the collectors, observations made and folded.</summary>
public sealed record Standing(long Waiting, long Unpublished, long Observed, long Folded)
{
    /// <summary>Whether nothing is under way.</summary>
    public bool IsQuiet => Waiting == 0 && Unpublished == 0 && Observed == Folded;
}
