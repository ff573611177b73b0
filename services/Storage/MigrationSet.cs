using System.Reflection;
using System.Text;
using DbUp.Builder;
using DbUp.Engine;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// The versioned scripts of one assembly: embedded resources <c>migrations/ENGINE/NNNN_name.sql</c>, run in the order
/// of their names, each once and in its own transaction, and journalled as <c>SET/NNNN_name.sql</c>. A script that was
/// released is never edited: the next one changes what it made.
/// </summary>
/// <param name="Name">The set's name in the journal.</param>
/// <param name="Assembly">Where the scripts are embedded.</param>
public sealed record MigrationSet(string Name, Assembly Assembly)
{
    /// <summary>Outbox, inbox and timers: every store has them.</summary>
    public static MigrationSet Plumbing { get; } = new("storage", typeof(MigrationSet).Assembly);

    /// <summary>The scripts of an engine in their order, as they are run.</summary>
    /// <param name="engine">One of <see cref="StoreEngines"/>.</param>
    /// <param name="schema">What <c>{schema}</c> stands for in them; only SQL Server has schemas.</param>
    internal IReadOnlyList<SqlScript> Scripts(string engine, string schema)
    {
        string prefix = $"migrations/{engine}/";
        return
        [
            .. Assembly.GetManifestResourceNames()
                .Select(resource => (Resource: resource, Path: resource.Replace('\\', '/')))
                .Where(script => script.Path.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(script => script.Path, StringComparer.Ordinal)
                .Select(script => new SqlScript(
                    $"{Name}/{script.Path[prefix.Length..]}",
                    Read(script.Resource).Replace("{schema}", schema, StringComparison.Ordinal))),
        ];
    }

    /// <summary>Brings a database up to date, or only makes sure that it is.</summary>
    /// <param name="engine">One of <see cref="StoreEngines"/>.</param>
    /// <param name="schema">The service's schema; only SQL Server has schemas.</param>
    /// <param name="builder">The database, and where its journal is.</param>
    /// <param name="migrate">Whether missing scripts are run; otherwise they are an error.</param>
    /// <exception cref="StoreException">
    /// A script failed or is missing, or the database was written by a newer version.
    /// </exception>
    /// <returns>The scripts that it ran.</returns>
    internal IReadOnlyList<string> Apply(string engine, string schema, UpgradeEngineBuilder builder, bool migrate)
    {
        IReadOnlyList<SqlScript> scripts = Scripts(engine, schema);
        if (scripts.Count == 0)
        {
            throw new StoreException($"{Assembly.GetName().Name} has no migrations for the engine '{engine}'");
        }

        UpgradeEngine upgrade = builder
            .WithScripts(scripts)
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .LogToNowhere()
            .Build();
        string? unknown = upgrade.GetExecutedScripts()
            .Where(name => name.StartsWith(Name + "/", StringComparison.Ordinal))
            .Except(scripts.Select(script => script.Name), StringComparer.Ordinal)
            .FirstOrDefault();
        if (unknown is not null)
        {
            throw new StoreException(
                $"the store was written by a newer version (migration {unknown} is unknown here): start that version, or restore a copy from before the upgrade");
        }

        if (!migrate)
        {
            if (upgrade.GetScriptsToExecute().FirstOrDefault() is { } missing)
            {
                throw new StoreException(
                    $"the store lacks the migration {missing.Name}: run the service's command 'migrate', or set Store:MigrateAtStart to true");
            }

            return [];
        }

        DatabaseUpgradeResult result = upgrade.PerformUpgrade();
        if (!result.Successful)
        {
            throw new StoreException($"migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
        }

        return [.. result.Scripts.Select(script => script.Name)];
    }

    private string Read(string resource)
    {
        using Stream stream = Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
