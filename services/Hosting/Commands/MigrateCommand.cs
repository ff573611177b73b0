using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Hosting.Commands;

/// <summary><c>migrate</c>: brings the schema of a service's store up to date.</summary>
internal static class MigrateCommand
{
    /// <summary>For the help.</summary>
    public const string Summary =
        "Bring the schema of the store up to date, and say what was done. Can be repeated, and run by several at once.";

    /// <summary>Migrates the configured store; on SQL Server with a login that may change the schema.</summary>
    public static async Task<int> RunAsync(string[] settings, ServiceParts parts)
    {
        StoreOptions store = parts.StoreOf(ServiceDefaults.CreateConfigured(settings).Configuration);
        IReadOnlyList<string> applied = await Stores.MigrateAsync(store, parts.Migrations);
        foreach (string script in applied)
        {
            await Console.Out.WriteLineAsync($"applied {script}");
        }

        await Console.Out.WriteLineAsync(applied.Count == 0 ? "the schema is up to date: nothing to apply" : "the schema is up to date");
        return ExitCodes.Done;
    }
}
