using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Hosting.Draining;

/// <summary>
/// Stops a service gracefully. From the signal on it is not ready and takes nothing new; after the window it finishes
/// what is in hand, and sends what its outboxes held when it was told to stop. Only then do server and bus stop.
/// Nothing depends on it: what is cut short is in the store.
/// </summary>
internal sealed class Drain(
    IHostApplicationLifetime lifetime,
    IEnumerable<IDrainStep> steps,
    IEnumerable<Outbox> outboxes,
    IOptions<DrainOptions> options,
    TimeProvider clock,
    ILogger<Drain> logger) : IHostedLifecycleService, IHealthCheck
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("the service is stopping: it takes nothing new")
            : HealthCheckResult.Healthy());

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset told = clock.GetUtcNow();
        logger.LogInformation("Stopping: nothing new is taken, what is in hand is finished");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(options.Value.WindowSeconds), clock, cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(options.Value.LimitSeconds));
            foreach (IDrainStep step in steps)
            {
                await step.DrainAsync(limit.Token);
            }

            foreach (Outbox outbox in outboxes)
            {
                await SendAsync(outbox, told, limit.Token);
            }

            logger.LogInformation("Stopping: everything in hand is finished and sent");
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("Stopping: time is up; what is left is in the store, for another replica or the next start");
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "Stopping: not everything could be finished; what is left is in the store");
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What is newer than the signal belongs to other replicas of the same store, which go on.
    private async Task SendAsync(Outbox outbox, DateTimeOffset told, CancellationToken limit)
    {
        while ((await outbox.BacklogAsync(limit)).OldestCreatedAt <= told)
        {
            await Task.Delay(LookAgain, clock, limit);
        }
    }
}

/// <summary>Registers the drain.</summary>
internal static class DrainServices
{
    // For what stops after the drain: server, bus, stores.
    private const int StopSeconds = 10;

    public static void AddDraining(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        IConfigurationSection section = builder.Configuration.GetSection(DrainOptions.Section);
        services.AddOptions<DrainOptions>().Configure(section.Bind)
            .Validate(o => o is { WindowSeconds: >= 0, LimitSeconds: >= 0 }, "Drain: WindowSeconds and LimitSeconds must not be negative; remove them to get the defaults")
            .ValidateOnStart();
        services.AddSingleton<Drain>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Drain>());
        services.AddHealthChecks().Add(new HealthCheckRegistration("process", provider => provider.GetRequiredService<Drain>(), null, null));
        services.AddOptions<HostOptions>().Configure<IOptions<DrainOptions>>((host, drain) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(drain.Value.WindowSeconds + drain.Value.LimitSeconds + StopSeconds));
    }
}
