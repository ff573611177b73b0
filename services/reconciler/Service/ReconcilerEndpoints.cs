using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Reconciling;

/// <summary>What the reconciler answers over HTTP.</summary>
public static class ReconcilerEndpoints
{
    /// <summary>
    /// Maps <c>GET /items/outcomes?notification=SHA256</c> (how the stored items of a notification ended),
    /// <c>GET /items/counts</c> (deliveries by outcome, over all evidence) and <c>GET /quarantine</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapReconciler(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/items/outcomes", async (string notification, ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok((await queries.OutcomesAsync(notification, cancellationToken)).Select(ItemView.Of)));
        routes.MapGet("/items/counts", async (ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok((await queries.CountOutcomesAsync(cancellationToken))
                .OrderBy(c => c.Key)
                .ToDictionary(c => WireNames.Of(c.Key), c => c.Value)));
        routes.MapGet("/quarantine", async (ReconcilerQueries queries, CancellationToken cancellationToken) =>
            Results.Ok(await queries.QuarantinedAsync(cancellationToken)));
        return routes;
    }

    private sealed record ItemView(string Notification, string Format, int Index, string Outcome, long Deliveries)
    {
        public static ItemView Of(StoredItem item) =>
            new(item.NotificationSha256, item.Format, item.ItemIndex, WireNames.Of(item.Outcome), item.Deliveries);
    }
}
