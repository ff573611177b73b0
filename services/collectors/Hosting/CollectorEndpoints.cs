using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Operating;
using ReleaseIntegrity.Collectors.Hosting.Reading;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>A collector's HTTP face.</summary>
public static class CollectorEndpoints
{
    /// <summary>
    /// Maps the collector of a source: <c>POST</c> and <c>OPTIONS notifications/{format}</c>, <c>GET notifications/{intakeId}</c>,
    /// <c>GET items</c> and <c>GET counts</c>; <c>GET watermarks</c> and <c>POST resync</c>. A process that hosts several maps
    /// each under a prefix of its own:
    /// <c>app.MapGroup("/artifact-registry").MapCollector(…)</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapCollector(this IEndpointRouteBuilder endpoints, Source source)
    {
        endpoints.MapPost(
            "notifications/{format}",
            (HttpContext context, string format) => Of(context, source).TakeAsync(context, format));
        endpoints.MapMethods(
            "notifications/{format}", [HttpMethods.Options],
            (HttpContext context, string format) => WebHookHandshake.Answer(context, OptionsOf(context, source)));
        endpoints.MapGet(
            "notifications/{intakeId}",
            (HttpContext context, string intakeId) => Reads(context, source).NotificationAsync(context, intakeId));
        endpoints.MapGet(
            "items",
            (HttpContext context, string? outcome, string? after, int? limit) =>
                Reads(context, source).ItemsAsync(context, outcome, after, limit));
        endpoints.MapGet("counts", (Delegate)((HttpContext context) => Reads(context, source).CountsAsync(context)));
        endpoints.MapOperating(source);
        endpoints.MapGet("watermarks", (Delegate)((HttpContext context) => Resyncs(context, source).WatermarksAsync(context)));
        endpoints.MapPost(
            "resync",
            (HttpContext context, string? instance, string? target) => Resyncs(context, source).RequestAsync(context, instance, target));
        return endpoints;
    }

    private static CollectorOptions OptionsOf(HttpContext context, Source source) =>
        context.RequestServices.GetRequiredKeyedService<Collector>(source).Options;

    private static IntakeEndpoint Of(HttpContext context, Source source) =>
        new(
            context.RequestServices.GetRequiredKeyedService<Collector>(source),
            context.RequestServices.GetRequiredService<TimeProvider>());

    private static ResyncEndpoints Resyncs(HttpContext context, Source source) =>
        new(
            context.RequestServices.GetRequiredKeyedService<Collector>(source),
            context.RequestServices.GetRequiredKeyedService<ResyncRequests>(source),
            context.RequestServices.GetRequiredService<TimeProvider>());

    private static ReadEndpoints Reads(HttpContext context, Source source) =>
        new(context.RequestServices.GetRequiredKeyedService<Collector>(source));
}
