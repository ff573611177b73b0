using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ReleaseIntegrity.Hosting.Health;

/// <summary>Whether the process lives, and whether it can do its work; and if not, what is missing.</summary>
public static class HealthEndpoints
{
    /// <summary>
    /// Maps <c>/health/live</c> (200 while the process answers at all) and <c>/health/ready</c>: 200 while it takes
    /// work, <c>degraded</c> where it does but something that it can do without for a while is missing, and 503 where
    /// it doesn't. The body names each dependency: <c>{"status","dependencies":[{"name","state","missing"}]}</c>.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => TypedResults.Text("live"));
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync, Predicate = IsOurs });
    }

    // The bus library has a check of its own; ours says more.
    private static bool IsOurs(HealthCheckRegistration check) => !check.Tags.Contains("masstransit");

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        var view = new ReadyView(
            Word(report.Status, "ready", "not-ready"),
            [
                .. report.Entries
                    .OrderBy(e => e.Key, StringComparer.Ordinal)
                    .Select(e => new DependencyView(e.Key, Word(e.Value.Status, "ok", "missing"), Missing(e.Value))),
            ]);
        return JsonSerializer.SerializeAsync(context.Response.Body, view, HealthJson.Default.ReadyView, context.RequestAborted);
    }

    private static string Word(HealthStatus status, string good, string bad) => status switch
    {
        HealthStatus.Healthy => good,
        HealthStatus.Degraded => "degraded",
        _ => bad,
    };

    // An exception's message may name hosts and accounts: its kind is enough here, and the log has the rest.
    private static string? Missing(HealthReportEntry entry) => entry.Status == HealthStatus.Healthy
        ? null
        : entry.Exception is { } failure ? $"does not answer ({failure.GetType().Name})" : entry.Description;
}

/// <summary>The answer of <c>/health/ready</c>.</summary>
/// <param name="Status"><c>ready</c>, <c>degraded</c> or <c>not-ready</c>.</param>
/// <param name="Dependencies">In the order of their names.</param>
internal sealed record ReadyView(string Status, IReadOnlyList<DependencyView> Dependencies);

/// <summary>One dependency.</summary>
/// <param name="Name">Its name: <c>store</c>, <c>broker</c>, <c>intake</c>.</param>
/// <param name="State"><c>ok</c>, <c>degraded</c> or <c>missing</c>.</param>
/// <param name="Missing">What is missing, in a few words; left out where nothing is.</param>
internal sealed record DependencyView(string Name, string State, string? Missing);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReadyView))]
internal sealed partial class HealthJson : JsonSerializerContext;
