using System.Diagnostics;
using Dapper;
using DbUp;
using DbUp.Builder;
using Microsoft.Data.SqlClient;

namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>What has to be true of a database before a service uses it, and how its schema gets there.</summary>
internal static class SqlServerStart
{
    private const string Journal = "SchemaVersions";

    private static readonly TimeSpan ConnectPause = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the server for a while, then checks the database, and the user unless it is only to migrate.</summary>
    /// <exception cref="StoreException">Something is missing; the message has the statement that makes up for it.</exception>
    internal static void Check(SqlServerStoreOptions options, bool asService)
    {
        RequireCultures();
        using SqlConnection connection = Connect(options);
        DatabaseFacts facts = connection.QuerySingle<DatabaseFacts>(SqlServerStatements.Facts);
        List<string> refusals = [];
        if (!facts.RowVersions)
        {
            refusals.Add(
                $"the database {facts.Database} must read committed rows from their versions; run once, as its owner: alter database {Quoted(facts.Database)} set read_committed_snapshot on with rollback immediate;");
        }

        if (!facts.Snapshots)
        {
            refusals.Add(
                $"the database {facts.Database} must allow snapshots; run once, as its owner: alter database {Quoted(facts.Database)} set allow_snapshot_isolation on;");
        }

        if (asService && facts.DefaultSchema != options.Schema)
        {
            refusals.Add(facts.UserName == "dbo"
                ? $"the login is the database's owner, and its statements would not find the schema {options.Schema}: use a login of the service's own; services/Storage/README.md says how it is made"
                : $"statements of the user {facts.UserName} would not find the schema {options.Schema}; run: alter user {Quoted(facts.UserName)} with default_schema = {Quoted(options.Schema)};");
        }

        if (refusals.Count > 0)
        {
            throw new StoreException(string.Join('\n', refusals));
        }
    }

    /// <summary>Brings the schema up to date, one process after the other, or makes sure that it is.</summary>
    /// <returns>The scripts that it ran, in their order.</returns>
    /// <exception cref="StoreException">A script failed or is missing, or the schema is of a newer version.</exception>
    internal static IReadOnlyList<string> UpdateSchema(SqlServerStoreOptions options, IReadOnlyList<MigrationSet> sets)
    {
        using SqlConnection turn = Connect(options);
        if (options.Migrate)
        {
            WaitForTurn(turn, options);
            turn.Execute(SqlServerStatements.CreateSchema, new { schema = options.Schema });
        }

        List<string> applied = [];
        foreach (MigrationSet set in sets)
        {
            UpgradeEngineBuilder builder = DeployChanges.To
                .SqlDatabase(options.Connection(), options.Schema)
                .JournalToSqlTable(options.Schema, Journal)
                .WithExecutionTimeout(options.MigrationTimeout);
            applied.AddRange(set.Apply(StoreEngines.SqlServer, options.Schema, builder, options.Migrate));
        }

        return applied;
    }

    private static void WaitForTurn(SqlConnection connection, SqlServerStoreOptions options)
    {
        int result = connection.QuerySingle<int>(
            SqlServerStatements.TakeTurn,
            new { resource = $"{options.Schema}/migrate", wait = (int)options.MigrationTimeout.TotalMilliseconds },
            commandTimeout: (int)options.MigrationTimeout.TotalSeconds + 30);
        if (result < 0)
        {
            throw new StoreException(
                $"another process has been changing the schema {options.Schema} for {options.MigrationTimeout.TotalMinutes} minutes; look what it does, then start again");
        }
    }

    private static SqlConnection Connect(SqlServerStoreOptions options)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            var connection = new SqlConnection(options.Connection());
            try
            {
                connection.Open();
                return connection;
            }
            catch (Exception e) when (e is SqlException or InvalidOperationException)
            {
                connection.Dispose();
                if (!SqlServerFailures.IsTransient(e) || Stopwatch.GetElapsedTime(started) > options.StartTimeout)
                {
                    throw new StoreException(
                        $"the database can not be opened ({Reason(e)}): check Store:ConnectionString, and that the server is up and reachable from here", e);
                }
            }

            Thread.Sleep(ConnectPause);
        }
    }

    // Not the message, which names the login and the server.
    private static string Reason(Exception e) =>
        e is SqlException sql ? $"SQL Server error {sql.Number}" : e.GetType().Name;

    private static void RequireCultures()
    {
        if (AppContext.TryGetSwitch("System.Globalization.Invariant", out bool invariant) && invariant)
        {
            throw new StoreException(
                "SQL Server's client needs cultures, and this process runs without them: install ICU (Debian: apt-get install libicu72), and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT and the project's InvariantGlobalization");
        }
    }

    private static string Quoted(string name) => $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";

    private sealed record DatabaseFacts
    {
        public string Database { get; init; } = "";

        public bool RowVersions { get; init; }

        public bool Snapshots { get; init; }

        public string DefaultSchema { get; init; } = "";

        public string UserName { get; init; } = "";
    }
}
