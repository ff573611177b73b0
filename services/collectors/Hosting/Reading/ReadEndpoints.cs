using System.Globalization;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Reading;

/// <summary>
/// What operators read. Reasons and pointers only: neither bodies nor values leave the collector this way, so nothing
/// has to be masked.
/// </summary>
internal sealed class ReadEndpoints(Collector collector)
{
    private const int DefaultPage = 100;
    private const int LongestPage = 1000;

    private readonly LogQueries _queries = new(collector.Store);

    public async Task<IResult> NotificationAsync(HttpContext context, string intakeId)
    {
        if (await RefuseAsync(context) is { } refusal)
        {
            return refusal;
        }

        NotificationView? found = long.TryParse(intakeId, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            ? await _queries.FindAsync(id, LongestPage, context.RequestAborted)
            : null;
        return found is null
            ? Problems.Of(StatusCodes.Status404NotFound, "unknown intake id", "no delivery has this id")
            : TypedResults.Json(found, ReadJson.Default.NotificationView);
    }

    public async Task<IResult> ItemsAsync(HttpContext context, string? outcome, string? after, int? limit)
    {
        if (await RefuseAsync(context) is { } refusal)
        {
            return refusal;
        }

        if (outcome is not null && !WireNames.TryParse(outcome, out NormaliseOutcome _))
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest, "unknown outcome",
                $"known: {string.Join(", ", WireNames.All<NormaliseOutcome>())}");
        }

        if (!ItemCursor.TryParse(after, out ItemCursor cursor) || limit is < 1 or > LongestPage)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest, "unknown page",
                $"'after' is the 'next' of an earlier page; 'limit' is from 1 to {LongestPage}");
        }

        ItemPage page = await _queries.ItemsAsync(outcome, cursor, limit ?? DefaultPage, context.RequestAborted);
        return TypedResults.Json(page, ReadJson.Default.ItemPage);
    }

    public async Task<IResult> CountsAsync(HttpContext context) =>
        await RefuseAsync(context) ?? TypedResults.Json(
            await _queries.CountAsync(WireNames.Of(collector.Source), context.RequestAborted), ReadJson.Default.CountsView);

    private ValueTask<IResult?> RefuseAsync(HttpContext context) => RefuseAsync(context, collector);

    /// <summary>What a reader without the credential is answered; null for one who has it.</summary>
    internal static async ValueTask<IResult?> RefuseAsync(HttpContext context, Collector collector) =>
        (await collector.Gate.OfRequestAsync(context, collector.Readers, "reading"))?.Result;
}
