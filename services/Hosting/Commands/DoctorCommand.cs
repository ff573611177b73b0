using Microsoft.AspNetCore.Builder;
using ReleaseIntegrity.Hosting.Doctor;

namespace ReleaseIntegrity.Hosting.Commands;

/// <summary><c>doctor</c>: says what is wrong with a service's settings and with what it needs.</summary>
internal static class DoctorCommand
{
    /// <summary>For the help.</summary>
    public const string Summary =
        "Check settings, store, broker, policy, credentials, clocks and disk, and say what to do. Changes nothing. Ends with 0, 3 (something to look at) or 1 (something in the way).";

    /// <summary>Examines the service as it would start with these settings.</summary>
    public static async Task<int> RunAsync(string[] settings, ServiceParts parts)
    {
        WebApplication? app = null;
        IReadOnlyList<Finding> findings = await Examination.RunAsync(() =>
        {
            app = ServiceDefaults.CreateBuilder(settings, parts).Build();
            return app.Services;
        });
        FindingTable.Write(Console.Out, findings);
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        return FindingTable.ExitCodeOf(findings);
    }
}
