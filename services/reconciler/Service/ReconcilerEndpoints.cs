using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Reconciling;

/// <summary>What the reconciler answers over HTTP.</summary>
public static class ReconcilerEndpoints
{
    private const int ReadingLimit = 1000;

    /// <summary>
    /// Maps <c>GET /items/outcomes?notification=SHA256</c> (how the stored items of a notification ended),
    /// <c>GET /items/counts</c> (deliveries by outcome, over all evidence), <c>POST /items/unreferenced</c>
    /// (<see cref="KeptReading"/>; 503 as long as that can't be said), <c>GET /quarantine</c> and <c>GET /rebuilds</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapReconciler(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/items/outcomes", async (string notification, ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok((await queries.OutcomesAsync(notification, cancellationToken)).Select(ItemView.Of)));
        routes.MapGet("/items/counts", async (ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok((await queries.CountOutcomesAsync(cancellationToken))
                .OrderBy(c => c.Key)
                .ToDictionary(c => WireNames.Of(c.Key), c => c.Value)));
        routes.MapPost("/items/unreferenced", UnreferencedAsync);
        routes.MapGet("/quarantine", async (ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok(await queries.QuarantinedAsync(cancellationToken)));
        routes.MapGet("/rebuilds", async (ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok(await queries.RebuildsAsync(cancellationToken)));
        return routes;
    }

    private static async Task<IResult> UnreferencedAsync(HttpRequest request, ReconcilerQueries queries, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeptReading>? readings;
        try
        {
            readings = await JsonSerializer.DeserializeAsync(request.Body, ContractsJson.Default.IReadOnlyListKeptReading, cancellationToken);
        }
        catch (JsonException)
        {
            readings = null;
        }

        if (readings is null || readings.Count > ReadingLimit || readings.Any(r => r?.NotificationSha256 is null))
        {
            return Results.Problem(
                statusCode: StatusCodes.Status400BadRequest,
                title: "bad request",
                detail: $$"""an array of at most {{ReadingLimit}} is wanted: [{"notificationSha256":"…","format":"…","mappingVersion":1,"observations":1}]""");
        }

        return await queries.UnreferencedAsync(readings, cancellationToken) is { } unreferenced
            ? Results.Json(unreferenced, ContractsJson.Default.IReadOnlyListString)
            : Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "not derived",
                detail: "the evidence is not derived under this policy yet");
    }

    private sealed record ItemView(string Notification, string Format, int Index, string Outcome, long Deliveries)
    {
        public static ItemView Of(StoredItem item) =>
            new(item.NotificationSha256, item.Format, item.ItemIndex, WireNames.Of(item.Outcome), item.Deliveries);
    }
}
