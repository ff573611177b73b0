using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Collectors.Hosting.Reading;
using ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary><c>GET watermarks</c> and <c>POST resync</c>: what operators see of resyncs, and ask for.</summary>
internal sealed class ResyncEndpoints(Collector collector, ResyncRequests requests, TimeProvider clock)
{
    private const int LongestWord = 512;

    private readonly WatermarkLog _watermarks = new(collector.Store);

    /// <summary>Where every configured source stands.</summary>
    public async Task<IResult> WatermarksAsync(HttpContext context)
    {
        if (await ReadEndpoints.RefuseAsync(context, collector) is { } refusal)
        {
            return refusal;
        }

        var views = new List<WatermarkView>();
        foreach (ResyncSource source in requests.Sources)
        {
            WatermarkRow row = await _watermarks.FindAsync(source.Name, context.RequestAborted) ?? new WatermarkRow { Name = source.Name };
            views.Add(WatermarkView.Of(source, row, clock.GetUtcNow()));
        }

        return TypedResults.Json(new WatermarksView(views), ResyncJson.Default.WatermarksView);
    }

    /// <summary>Asks soon: all sources, or those of an instance; for whatever is new, or for one thing by name.</summary>
    public async Task<IResult> RequestAsync(HttpContext context, string? instance, string? target)
    {
        if (await ReadEndpoints.RefuseAsync(context, collector) is { } refusal)
        {
            return refusal;
        }

        if (instance?.Length > LongestWord || target?.Length > LongestWord)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "too long", $"instance and target have at most {LongestWord} characters");
        }

        IReadOnlyList<string> asked = await requests.AskAsync(instance ?? "", target ?? "", insists: true, context.RequestAborted);
        return asked.Count > 0
            ? TypedResults.Json(new ResyncAccepted(asked), ResyncJson.Default.ResyncAccepted, statusCode: StatusCodes.Status202Accepted)
            : Problems.Of(
                StatusCodes.Status404NotFound, "nothing to ask",
                requests.Sources.Count == 0
                    ? "no source is configured; write for example: \"Resync\": { \"main\": { \"Api\": \"…\", \"Address\": \"https://…\" } }"
                    : $"no configured source is that instance; configured: {string.Join(", ", requests.Sources.Select(s => s.Name))}");
    }
}

/// <summary>The sources that will be asked.</summary>
/// <param name="Asked">Their configured names.</param>
public sealed record ResyncAccepted(IReadOnlyList<string> Asked);

/// <summary>All sources that a collector asks.</summary>
/// <param name="Watermarks">One for each.</param>
public sealed record WatermarksView(IReadOnlyList<WatermarkView> Watermarks);

/// <summary>Where one source stands.</summary>
public sealed record WatermarkView
{
    /// <summary>As configured.</summary>
    public required string Name { get; init; }

    /// <summary>The API.</summary>
    public required string Api { get; init; }

    /// <summary><c>never-answered</c>, <c>asking</c>, <c>current</c>, <c>overdue</c> or <c>failing</c>.</summary>
    public required string State { get; init; }

    /// <summary>Where the next question goes on, in the API's own terms; null where it reads everything each time.</summary>
    public string? Watermark { get; init; }

    /// <summary>How many records the source has beyond it; null where it doesn't say.</summary>
    public long? Behind { get; init; }

    /// <summary>When the last question was asked that was answered to the end.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>When it last answered anything.</summary>
    public DateTimeOffset? LastHeardAt { get; init; }

    /// <summary>Seconds since then.</summary>
    public long? SilenceSeconds { get; init; }

    /// <summary>For how long what pushes lost has not been made up for, in seconds; 0 while it answers in time.</summary>
    public long? GapSeconds { get; init; }

    /// <summary>When it is asked next.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>What kept it from answering; null since the last complete answer.</summary>
    public SourceErrorView? LastError { get; init; }

    internal static WatermarkView Of(ResyncSource source, WatermarkRow row, DateTimeOffset now)
    {
        SourceStanding standing = SourceStanding.Of(row, source.Options, now);
        return new WatermarkView
        {
            Name = source.Name,
            Api = source.Options.Api,
            State = standing.State,
            Watermark = row.Watermark,
            Behind = row.Behind,
            LastSuccessAt = row.SucceededAt,
            LastHeardAt = row.HeardAt,
            SilenceSeconds = (long?)standing.Silence?.TotalSeconds,
            GapSeconds = (long?)standing.Gap?.TotalSeconds,
            NextAt = row.DueAt == default ? null : row.DueAt,
            LastError = row.Trouble is null ? null : new SourceErrorView(row.Trouble, row.Detail ?? "", row.FailedAt ?? now, row.Failures),
        };
    }
}

/// <summary>Why a source did not answer.</summary>
/// <param name="Trouble">What kind of trouble: see the README.</param>
/// <param name="Detail">In words, without values.</param>
/// <param name="At">When.</param>
/// <param name="Failures">How often in a row.</param>
public sealed record SourceErrorView(string Trouble, string Detail, DateTimeOffset At, long Failures);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WatermarksView))]
[JsonSerializable(typeof(ResyncAccepted))]
internal sealed partial class ResyncJson : JsonSerializerContext;
