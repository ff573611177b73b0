using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>
/// Event Grid's question in its own schema, whether the endpoint wants the subscription ("Webhook event delivery"): a POST
/// with the header <c>aeg-event-type: SubscriptionValidation</c>, whose code is to be sent back. Its <c>validationUrl</c> is
/// never called.
/// </summary>
internal static class SubscriptionValidation
{
    private const string EventType = "Microsoft.EventGrid.SubscriptionValidationEvent";
    private const int LongestCode = 512;

    /// <summary>The answer; null when the request is something else.</summary>
    public static IResult? AnswerTo(HttpRequest request, ReadOnlyMemory<byte> body) =>
        string.Equals(request.Headers["aeg-event-type"], "SubscriptionValidation", StringComparison.OrdinalIgnoreCase) && CodeOf(body) is { } code
            ? TypedResults.Json(new SubscriptionValidated(code), SubscriptionJson.Default.SubscriptionValidated)
            : null;

    private static string? CodeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Array } events
                && events.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } e
                && e.TryGetProperty("eventType", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals(EventType)
                && e.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("validationCode", out JsonElement code) && code.ValueKind == JsonValueKind.String
                && code.GetString() is { Length: > 0 and <= LongestCode } text
                    ? text
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What Event Grid expects to be told.</summary>
/// <param name="ValidationResponse">The code that it sent.</param>
internal sealed record SubscriptionValidated(string ValidationResponse);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubscriptionValidated))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
