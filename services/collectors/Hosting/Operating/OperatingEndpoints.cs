using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting.Reading;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Operating;

/// <summary>What operators see and do. What was received is shown as it is, so only operators are let in.</summary>
internal static class OperatingEndpoints
{
    private const int DefaultPage = 100;
    private const int LongestPage = 1000;
    private const int LongestReason = 1000;

    /// <summary>
    /// Maps <c>GET quarantine</c>, <c>GET quarantine/reasons</c>, <c>GET quarantine/{item}</c>, <c>POST quarantine/renormalise</c>,
    /// <c>POST quarantine/drop</c> and <c>POST replay</c>.
    /// </summary>
    public static void MapOperating(this IEndpointRouteBuilder endpoints, Source source)
    {
        endpoints.MapGet("quarantine", (HttpContext context, string? reason, bool? dropped, string? after, int? limit) =>
            ForOperatorAsync(context, source, c => ListAsync(context, c, reason, dropped ?? false, after, limit ?? DefaultPage)));
        endpoints.MapGet("quarantine/reasons", (Delegate)((HttpContext context) =>
            ForOperatorAsync(context, source, async c =>
                TypedResults.Json(await Items(context, c).ReasonsAsync(LongestPage, context.RequestAborted), OperatingJson.Default.IReadOnlyListQuarantineReason))));
        endpoints.MapGet("quarantine/{item}", (HttpContext context, string item) =>
            ForOperatorAsync(context, source, c => ShowAsync(context, c, item)));
        endpoints.MapPost("quarantine/renormalise", (Delegate)((HttpContext context) => ForOperatorAsync(context, source, c =>
            WithAsync(context, OperatingJson.Default.ItemChoice, choice => ChosenAsync(choice, (item, reason) => Items(context, c).RenormaliseAsync(item, reason, context.RequestAborted))))));
        endpoints.MapPost("quarantine/drop", (Delegate)((HttpContext context) => ForOperatorAsync(context, source, c =>
            WithAsync(context, OperatingJson.Default.DropRequest, drop => string.IsNullOrWhiteSpace(drop.Why) || drop.Why.Length > LongestReason
                ? Task.FromResult(Bad($"'why' must say in 1 to {LongestReason} characters why nobody waits for it"))
                : ChosenAsync(drop, (item, reason) => Items(context, c).DropAsync(item, reason, drop.Why, context.RequestAborted))))));
        endpoints.MapPost("replay", (Delegate)((HttpContext context) => ForOperatorAsync(context, source, c =>
            WithAsync(context, OperatingJson.Default.ReplayRequest, replay => ReplayAsync(context, c, replay)))));
    }

    private static async Task<IResult> ForOperatorAsync(HttpContext context, Source source, Func<Collector, Task<IResult>> answer)
    {
        Collector collector = context.RequestServices.GetRequiredKeyedService<Collector>(source);
        return (await collector.Gate.OfRequestAsync(context, collector.Operators, "operating"))?.Result ?? await answer(collector);
    }

    private static QuarantinedItems Items(HttpContext context, Collector collector) =>
        new(collector, context.RequestServices.GetRequiredService<TimeProvider>());

    private static async Task<IResult> ListAsync(HttpContext context, Collector collector, string? reason, bool dropped, string? after, int limit) =>
        ItemCursor.TryParse(after, out ItemCursor cursor) && limit is >= 1 and <= LongestPage
            ? TypedResults.Json(await Items(context, collector).ListAsync(reason, dropped, cursor, limit, context.RequestAborted), OperatingJson.Default.QuarantinePage)
            : Bad($"'after' is the 'next' of an earlier page; 'limit' is from 1 to {LongestPage}");

    private static async Task<IResult> ShowAsync(HttpContext context, Collector collector, string item) =>
        ItemCursor.TryParse(item, out ItemCursor id) && await Items(context, collector).FindAsync(id, context.RequestAborted) is { } found
            ? TypedResults.Json(found, OperatingJson.Default.QuarantinedRaw)
            : Problems.Of(StatusCodes.Status404NotFound, "unknown item", "no rejected item has this id; GET quarantine lists them");

    private static async Task<IResult> ReplayAsync(HttpContext context, Collector collector, ReplayRequest replay) =>
        replay is { From: { } from, To: { } to } && from < to && ItemCursor.TryParse(replay.After, out ItemCursor after)
            ? TypedResults.Json(await new Replay(collector).RunAsync(from, to, after.NotificationId, replay.Apply, context.RequestAborted), OperatingJson.Default.ReplayView)
            : Bad("""write for example {"from":"2026-03-01T00:00:00Z","to":"2026-04-01T00:00:00Z"}; 'after' is the 'next' of an earlier answer""");

    private static async Task<IResult> ChosenAsync(ItemChoice choice, Func<ItemCursor?, string?, Task<long>> act)
    {
        int named = (choice.Item is null ? 0 : 1) + (choice.Reason is null ? 0 : 1) + (choice.All ? 1 : 0);
        ItemCursor item = default;
        return named != 1 || (choice.Item is not null && !ItemCursor.TryParse(choice.Item, out item))
            ? Bad("""name one of "item", "reason" and "all": true; GET quarantine lists items and their reasons""")
            : TypedResults.Json(new OperatingDone(await act(choice.Item is null ? null : item, choice.Reason)), OperatingJson.Default.OperatingDone);
    }

    private static async Task<IResult> WithAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, Task<IResult>> act)
        where T : class
    {
        try
        {
            T? request = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return request is null ? Bad("a JSON object is wanted") : await act(request);
        }
        catch (JsonException bad)
        {
            return Bad($"the body is no request: line {bad.LineNumber + 1}, {bad.Path}");
        }
    }

    private static IResult Bad(string detail) => Problems.Of(StatusCodes.Status400BadRequest, "bad request", detail);
}
