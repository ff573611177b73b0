using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.Sqlite;
using SQLitePCL;

namespace ReleaseIntegrity.Benchmarks;

/// <summary>
/// What a fold costs in the process and the store alone: generated observations through the folder onto a SQLite file
/// that holds some number of tuples already. The CPU time is that of the whole process, garbage collection included.
/// </summary>
internal static class FoldRun
{
    private const int MeasuredReleases = 2_000;
    private const int FillBatch = 1_000;
    private static readonly int[] StoredDefault = [1_000, 50_000];

    internal static async Task<int> MeasureAsync(string[] args)
    {
        int batch = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100;
        int[] sizes = args.Length > 1 ? [.. args[1..].Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : StoredDefault;
        Console.WriteLine($"batches of {batch}; {MeasuredReleases * FoldWorkload.Sources:N0} observations measured");
        Console.WriteLine("evidence     tuples stored  observations/s  µs CPU each  KiB allocated each  statements each");
        foreach (bool settled in (bool[])[false, true])
        {
            foreach (int stored in sizes)
            {
                Cost cost = await MeasureAsync(stored, batch, settled);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(settled ? "settled" : "converging"),-11}  {stored,13:N0}  {1 / cost.Seconds,14:N0}  {cost.CpuSeconds * 1e6,11:N0}  {cost.Bytes / 1024,18:N1}  {cost.Statements,15:N1}"));
            }
        }

        return 0;
    }

    private static async Task<Cost> MeasureAsync(int stored, int batch, bool settled)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("release-integrity-fold-");
        try
        {
            await using SqliteStore store = SqliteStore.Open(
                new SqliteStoreOptions { Path = Path.Combine(folder.FullName, "reconciler.db") },
                new MigrationSet(ReconcilerServices.Key, typeof(ReconcilerServices).Assembly));
            Folder folding = FolderOn(store, new Standstill(settled ? FoldWorkload.Noon.AddHours(8) : FoldWorkload.Noon));
            foreach (FoldMessage[] fill in FoldWorkload.Messages(0, stored).Chunk(FillBatch))
            {
                await folding.FoldAsync(fill, CancellationToken.None);
                await ForgetAnnouncementsAsync(store);
            }

            return await MeasureAsync(store, folding, [.. FoldWorkload.Messages(stored, MeasuredReleases)], batch);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A few batches with counted statements, then the others, timed: counting costs more than the fold.</summary>
    private static async Task<Cost> MeasureAsync(SqliteStore store, Folder folding, FoldMessage[] messages, int batch)
    {
        FoldMessage[] counted = messages[..(2 * batch)];
        double statements = await CountStatementsAsync(store, folding, counted, batch);
        using var self = Process.GetCurrentProcess();
        (TimeSpan cpu, TimeSpan wall, long bytes) = (default, default, 0);
        GC.Collect();
        foreach (FoldMessage[] some in messages[counted.Length..].Chunk(batch))
        {
            self.Refresh();
            (TimeSpan cpuBefore, long bytesBefore) = (self.TotalProcessorTime, GC.GetTotalAllocatedBytes());
            long started = Stopwatch.GetTimestamp();
            await folding.FoldAsync(some, CancellationToken.None);
            wall += Stopwatch.GetElapsedTime(started);
            self.Refresh();
            cpu += self.TotalProcessorTime - cpuBefore;
            bytes += GC.GetTotalAllocatedBytes() - bytesBefore;
            await ForgetAnnouncementsAsync(store);
        }

        int observations = messages.Length - counted.Length;
        return new Cost(wall.TotalSeconds / observations, cpu.TotalSeconds / observations, (double)bytes / observations, statements);
    }

    private static async Task<double> CountStatementsAsync(SqliteStore store, Folder folding, FoldMessage[] messages, int batch)
    {
        long count = 0;
        await TraceAsync((_, _) => count++);
        foreach (FoldMessage[] some in messages.Chunk(batch))
        {
            await folding.FoldAsync(some, CancellationToken.None);
        }

        await TraceAsync(null);
        return (double)count / messages.Length;

        Task TraceAsync(strdelegate_trace? trace) => store.WriteAsync(
            (StoreTransaction transaction) =>
            {
                raw.sqlite3_trace(((SqliteConnection)transaction.Connection).Handle, trace, null);
                return Task.CompletedTask;
            },
            CancellationToken.None);
    }

    private static Task ForgetAnnouncementsAsync(SqliteStore store) =>
        store.WriteAsync((StoreTransaction transaction) => transaction.ExecuteAsync("delete from outbox"), CancellationToken.None);

    private static Folder FolderOn(SqliteStore store, TimeProvider clock)
    {
        Policy policy = PolicyFile.Default();
        IMeterFactory meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new Folder(
            store, new EvidenceStore(store.Engine, policy), policy, new Outbox(store, new OutboxOptions { Name = "reconciler" }, clock),
            new Timers(store, clock), clock, new ReconcilerMetrics(meters), NullLogger<Folder>.Instance, TimeSpan.Zero);
    }

    private sealed record Cost(double Seconds, double CpuSeconds, double Bytes, double Statements);

    /// <summary>A clock that stands: evidence is as fresh at the last fold as at the first.</summary>
    private sealed class Standstill(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
