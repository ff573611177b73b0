using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ReleaseIntegrity.Hosting;

/// <summary>Metrics, for Prometheus at <c>/metrics</c> and over OTLP where an endpoint is configured.</summary>
internal static class Telemetry
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Meters =
    [
        "ReleaseIntegrity.*", "MassTransit", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Collects what the services, the bus, the runtime and the server count.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        bool otlp = !string.IsNullOrEmpty(builder.Configuration[OtlpEndpoint]);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, "release-integrity"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddPrometheusExporter();
                if (otlp)
                {
                    // Address, protocol and headers are OpenTelemetry's own variables.
                    metrics.AddOtlpExporter();
                }
            });
    }
}
