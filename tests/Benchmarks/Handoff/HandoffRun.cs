using System.Globalization;
using System.Net;
using System.Text;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Benchmarks.Pipeline;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Benchmarks.Handoff;

/// <summary>
/// Get and List of the handoff over a socket, each beside a bare gRPC echo whose request and answer have the same sizes, in rounds
/// that take turns. Server and clients are one process, which parses no answer: what is measured is the calls, not the client.
/// </summary>
internal static class HandoffRun
{
    private const int Callers = 16;
    private const int Rounds = 5;
    private const int Hot = 500;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    internal static async Task<int> MeasureAsync(string[] args)
    {
        int packages = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        int watchers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0;
        string folder = args.Length > 2 ? args[2] : Directory.CreateTempSubdirectory("release-integrity-handoff-").FullName;
        try
        {
            var key = SigningKey.Generate();
            await using WebApplication app = await StartAsync(folder, key);
            await using WebApplication bare = await StartBareAsync();
            int there = await FillAsync(app.Services.GetRequiredService<HandoffFeed>(), folder, packages);
            string token = key.Mint("bench", [Role.Viewer], repositories: null, DateTimeOffset.UtcNow.AddHours(4));
            using GrpcChannel channel = ChannelTo(app);
            using GrpcChannel echo = ChannelTo(bare);
            await using Watching watching = await Watching.StartAsync(channel, token, TupleOf(0), watchers);
            var calls = new Calls(channel, echo, token);
            string[] names = await calls.NewestAsync(Hot);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{there:N0} packages, {watchers} watchers, {Callers} callers, {Rounds} rounds of {Round.TotalSeconds:0} s each; load of the machine {File.ReadAllText("/proc/loadavg").Trim()}"));
            Console.WriteLine("                     bytes   calls/s  p50 ms  p99 ms  µs CPU   echo/s  p50 ms  p99 ms  µs CPU  ratio  ratio by CPU");
            foreach (string name in names)
            {
                await calls.GetAsync(name);
            }

            await CompareAsync(calls, "Get, the newest 500", i => calls.GetAsync(names[i % names.Length]));
            await CompareAsync(calls, "Get, any of all", _ => calls.GetAsync($"{TupleOf(Random.Shared.Next(there))}/packages/latest"));
            await CompareAsync(calls, "List, the first 50", _ => calls.ListAsync(""));
            await CompareAsync(calls, "List, 50 of a train", _ => calls.ListAsync(TrainOf(Random.Shared.Next(Math.Max(0, there - Hot), there))));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"memory: peak {ProcessUsage.Of(Environment.ProcessId).PeakBytes / 1048576:N0} MiB, heap {GC.GetTotalMemory(forceFullCollection: true) / 1048576:N0} MiB; the store has {new FileInfo(Path.Combine(folder, "handoff.db")).Length / 1048576:N0} MiB"));
            return 0;
        }
        finally
        {
            if (args.Length <= 2)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static TokenKey Key { get; } = TokenKey.Parse(Encoding.ASCII.GetBytes(new string('7', 64)));

    private static Masker Masker { get; } = new(Key);

    private static string TupleOf(int number) => $"tuples/{Masker.TupleId(Packages.TupleOf(number))}";

    private static string TrainOf(int number) => Packages.TupleOf(number).Tag!;

    private static async Task CompareAsync(Calls calls, string name, Func<int, Task<int>> call)
    {
        int bytes = await call(0);
        await Load.RunAsync(call, Callers, Round);
        await Load.RunAsync(_ => calls.EchoAsync(bytes), Callers, Round);
        var ours = new List<Load.Result>();
        var bare = new List<Load.Result>();
        for (int i = 0; i < Rounds; i++)
        {
            ours.Add(await Load.RunAsync(call, Callers, Round));
            bare.Add(await Load.RunAsync(_ => calls.EchoAsync(bytes), Callers, Round));
        }

        Load.Result a = Load.Median(ours);
        Load.Result b = Load.Median(bare);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-20} {bytes,6:N0}  {a.PerSecond,8:N0}  {a.P50Milliseconds,6:N2}  {a.P99Milliseconds,6:N2}  {a.CpuMicroseconds,6:N0}  {b.PerSecond,7:N0}  {b.P50Milliseconds,6:N2}  {b.P99Milliseconds,6:N2}  {b.CpuMicroseconds,6:N0}  {a.PerSecond / b.PerSecond,5:N2}  {b.CpuMicroseconds / a.CpuMicroseconds,12:N2}"));
    }

    private static GrpcChannel ChannelTo(WebApplication app) => GrpcChannel.ForAddress(
        app.Urls.Single(), new GrpcChannelOptions { MaxReceiveMessageSize = null, HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });

    private static WebApplicationBuilder OnSocket()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        return builder;
    }

    private static async Task<WebApplication> StartBareAsync()
    {
        WebApplicationBuilder builder = OnSocket();
        builder.Services.AddGrpc();
        WebApplication app = builder.Build();
        app.MapGrpcService<Echo>();
        await app.StartAsync();
        return app;
    }

    private static async Task<WebApplication> StartAsync(string folder, SigningKey key)
    {
        WebApplicationBuilder builder = OnSocket();
        builder.Services.AddHandoff(new HandoffOptions
        {
            Store = new StoreOptions { DataFolder = folder, FileName = "handoff.db" }, TokenKey = Key, Access = new AccessOptions { SigningKey = key },
        });
        WebApplication app = builder.Build();
        app.MapHandoff();
        await app.StartAsync();
        return app;
    }

    /// <summary>Feeds what is missing, many at once so that they share commits; how many there are then.</summary>
    private static async Task<int> FillAsync(HandoffFeed feed, string folder, int packages)
    {
        string note = Path.Combine(folder, "packages");
        int there = File.Exists(note) ? int.Parse(await File.ReadAllTextAsync(note), CultureInfo.InvariantCulture) : 0;
        var made = new Packages();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{there:N0} packages are there; feeding {Math.Max(0, packages - there):N0} of {made.Length:N0} characters"));
        await Parallel.ForEachAsync(
            Enumerable.Range(there, Math.Max(0, packages - there)), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, ct) => await feed.Apply(made.Prepared(i), ct));
        await File.WriteAllTextAsync(note, Math.Max(there, packages).ToString(CultureInfo.InvariantCulture));
        return Math.Max(there, packages);
    }
}
