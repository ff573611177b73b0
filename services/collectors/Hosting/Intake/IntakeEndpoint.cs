using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>
/// Takes one notification: authenticate, check the size, keep, answer 202. The answer is sent when the notification is
/// on disk; what it says is judged later, so that a sender's queue is never blocked by a body that can not be read.
/// </summary>
internal sealed class IntakeEndpoint(Collector collector, TimeProvider clock)
{
    public async Task<IResult> TakeAsync(HttpContext context, string format)
    {
        Answer answer = await AnswerAsync(context, format);
        collector.Metrics.Answered(Known(format), answer.Label);
        return answer.Result;
    }

    private async Task<Answer> AnswerAsync(HttpContext context, string format)
    {
        // Before the format: who may not send is not told what could be sent.
        ISenderCheck senders = collector.SendersOf(format);
        if (await collector.Gate.OfRequestAsync(context, senders, Known(format)) is { } refusal)
        {
            return new Answer(refusal.Label, refusal.Result);
        }

        if (!collector.Normalisers.ContainsKey(format))
        {
            return new Answer("unknown-format", Problems.Of(
                StatusCodes.Status404NotFound,
                "unknown format",
                $"this collector of {WireNames.Of(collector.Source)} knows: {string.Join(", ", Formats)}",
                new Dictionary<string, object?> { ["formats"] = Formats }));
        }

        if (context.Request.Headers.ContentEncoding.Count > 0)
        {
            return new Answer("encoded", Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, "encoded body", "send the body without Content-Encoding"));
        }

        if (IsStopping(context))
        {
            // Another replica takes it, or this one when it is back.
            context.Response.Headers.Connection = "close";
            return Unavailable(context, "stopping", "the collector is stopping; send it again");
        }

        int limit = collector.Options.MaxBodyBytes;
        if (context.Request.ContentLength > limit)
        {
            return TooLarge(limit);
        }

        long room = context.Request.ContentLength ?? limit;
        if (!collector.Load.TryTake(room))
        {
            return Full(context);
        }

        try
        {
            byte[]? body = await BodyReader.ReadAsync(context.Request, limit, context.RequestAborted);
            return body is null ? TooLarge(limit) : await JudgeAsync(context, format, senders, body);
        }
        finally
        {
            collector.Load.GiveBack(room);
        }
    }

    private async Task<Answer> JudgeAsync(HttpContext context, string format, ISenderCheck senders, byte[] body)
    {
        if (collector.Gate.OfBody(context, senders, format, body) is { } refusal)
        {
            return new Answer(refusal.Label, refusal.Result);
        }

        // It is a notification like any other, so it is kept; only its answer is another one.
        Answer kept = await KeepAsync(context, format, body);
        return kept.IsKept && SubscriptionValidation.AnswerTo(context.Request, body) is { } validation
            ? kept with { Label = "validated", Result = validation }
            : kept;
    }

    private async Task<Answer> KeepAsync(HttpContext context, string format, byte[] body)
    {
        var notification = new Notification
        {
            Source = collector.Source,
            Format = format,
            Body = body,
            ReceivedAt = clock.GetUtcNow(),
            Headers = KeptHeaders.Of(context.Request.Headers, collector.Options),
            Instance = collector.InstanceOf(format),
        };
        KeptDelivery kept;
        try
        {
            // Not cancelled with the request: a sender that hung up would only send it again.
            string variant = KeptHeaders.VariantOf(notification, collector.Options);
            kept = await collector.Log.KeepAsync(notification, variant, CancellationToken.None);
        }
        catch (Exception e)
        {
            context.RequestServices.GetRequiredService<ILogger<IntakeEndpoint>>().LogError(
                e, "Collector {Source}: a notification in format {Format} could not be kept", WireNames.Of(collector.Source), format);
            return Unavailable(context, "failed", "the notification could not be kept; send it again");
        }

        if (kept.Waits)
        {
            collector.Load.Waiting(1);
            collector.Received.Give();
        }

        return new Answer(kept.Waits ? "accepted" : "redelivered", TypedResults.Json(
            new IntakeAccepted(kept.IntakeId, kept.NotificationSha256),
            IntakeJson.Default.IntakeAccepted,
            statusCode: StatusCodes.Status202Accepted), IsKept: true);
    }

    private static bool IsStopping(HttpContext context) =>
        context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    private IReadOnlyList<string> Formats => [.. collector.Normalisers.Keys.Order(StringComparer.Ordinal)];

    private static Answer TooLarge(int limit) => new("too-large", Problems.Of(
        StatusCodes.Status413PayloadTooLarge, "body too large", $"at most {limit} bytes are taken"));

    private Answer Full(HttpContext context) =>
        Unavailable(context, "full", "too many notifications wait; send it again later");

    private Answer Unavailable(HttpContext context, string label, string detail)
    {
        context.Response.Headers.RetryAfter =
            collector.Options.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return new Answer(label, Problems.Of(StatusCodes.Status503ServiceUnavailable, "not now", detail));
    }

    private string Known(string format) => collector.Normalisers.ContainsKey(format) ? format : CollectorMetrics.UnknownFormat;

    private sealed record Answer(string Label, IResult Result, bool IsKept = false);
}

/// <summary>The answer to a notification that is on disk.</summary>
/// <param name="IntakeId">Opaque id of the delivery: <c>GET notifications/{intakeId}</c> tells what became of it.</param>
/// <param name="NotificationSha256">Address of the kept content, lower-case hex.</param>
public sealed record IntakeAccepted(string IntakeId, string NotificationSha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IntakeAccepted))]
internal sealed partial class IntakeJson : JsonSerializerContext;
