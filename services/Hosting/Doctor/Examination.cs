using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>Examines a service that is built but not started: its settings first, then everything that it needs.</summary>
public static class Examination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>All findings, in the order in which the examinations are registered.</summary>
    /// <param name="build">Builds the service as it would start; what it refuses is a finding.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(Func<IServiceProvider> build)
    {
        IServiceProvider services;
        try
        {
            services = build();
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception e) when (StartRefusal.ReasonsOf(e) is { } reasons)
        {
            return [.. reasons.Select(r => Finding.Failure("settings", "the service refuses to start", r))];
        }

        return [Finding.Ok("settings", "they can be used"), .. await RunAsync(services.GetServices<IExamination>())];
    }

    /// <summary>The findings of some examinations, in their order.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(IEnumerable<IExamination> examinations)
    {
        List<Finding> findings = [];
        foreach (IExamination examination in examinations)
        {
            findings.AddRange(await LookAsync(examination));
        }

        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(IExamination examination)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await examination.ExamineAsync(patience.Token);
        }
        catch (Exception e) when (StartRefusal.ReasonsOf(e) is { } reasons)
        {
            return [.. reasons.Select(r => Finding.Failure(examination.Subject, "it can't be used", r))];
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return [Finding.Failure(examination.Subject, $"no answer within {Patience.TotalSeconds:0} s", "is it overloaded, or does a firewall drop what is sent to it?")];
        }
        catch (Exception e)
        {
            return [Finding.Failure(examination.Subject, $"it can't be examined ({e.GetType().Name})", "the service's log says more when it starts")];
        }
    }
}

/// <summary>Registers what is examined in every service.</summary>
internal static class ExaminationServices
{
    public static void AddExaminations(this WebApplicationBuilder builder, ServiceParts parts)
    {
        StoreOptions store = parts.StoreOf(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IExamination>(provider => new StoreExamination(
            "store", store, [parts.Migrations], provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IExamination>(new DiskExamination(store));
        builder.Services.AddSingleton<IExamination>(new BrokerExamination(BusOptions.Of(builder.Configuration)));
    }
}
