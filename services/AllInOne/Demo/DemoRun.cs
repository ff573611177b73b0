using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using ReleaseIntegrity.AllInOne.Hosting;
using ReleaseIntegrity.Handoff.V1;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>Plays the scenario against a process that serves everything, as its clients would.</summary>
internal sealed class DemoRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IAnsiConsole _console;
    private readonly HttpClient _http;
    private readonly HandoffService.HandoffServiceClient _handoff;

    private DemoRun(IAnsiConsole console, HttpClient http, HandoffService.HandoffServiceClient handoff)
    {
        _console = console;
        _http = http;
        _handoff = handoff;
    }

    /// <summary>Starts the services on a fresh folder, plays, and serves on if asked to. The folder is gone afterwards.</summary>
    /// <exception cref="DemoException">A notification was refused, or a package didn't come.</exception>
    public static async Task PlayAsync(TextWriter output, bool serveOn, CancellationToken cancellationToken)
    {
        IAnsiConsole console = DemoConsole.Create(output);
        string folder = Directory.CreateTempSubdirectory("release-integrity-demo-").FullName;
        try
        {
            var request = new ServeRequest { DataFolder = folder, Urls = ["http://127.0.0.1:0"], GrpcPort = 0, Quiet = true };
            await using ServiceHost host = await ServiceHost.StartAsync(request, cancellationToken);
            using var http = new HttpClient { BaseAddress = host.Http[0] };
            using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc);
            string bearer = "Bearer " + (await File.ReadAllTextAsync(host.TokenFile!, cancellationToken)).Trim();
            CallInvoker calls = channel.Intercept(headers =>
            {
                headers.Add("authorization", bearer);
                return headers;
            });
            var run = new DemoRun(console, http, new HandoffService.HandoffServiceClient(calls));
            await run.PlayAsync(cancellationToken);
            NextSteps.Print(console, host, serveOn);
            if (serveOn)
            {
                await host.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task PlayAsync(CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch = _handoff.WatchCorrectionPackages(
            new WatchCorrectionPackagesRequest { Parent = "tuples/-" }, cancellationToken: cancellationToken);

        _console.Write(new Rule("Four records disagree") { Justification = Justify.Left });
        foreach (DemoNotification notification in DemoScenario.Records)
        {
            await SendAsync(notification, cancellationToken);
        }

        var waited = Stopwatch.StartNew();
        CorrectionPackage first = await NextAsync(watch, p => p.Exceptions.Any(e => e.Field == "observed-envelope-id")
            && p.Exceptions.Any(e => e.Field == "approved-tuple") && p.Exceptions.Any(e => e.Field == "manifest-digest"), cancellationToken);
        await ReportAsync(first, waited.Elapsed, cancellationToken);

        _console.WriteLine();
        _console.Write(new Rule("Late, the registry promotes B") { Justification = Justify.Left });
        waited.Restart();
        await SendAsync(DemoScenario.LatePromotion, cancellationToken);
        CorrectionPackage second = await NextAsync(watch, p => p.Revision > first.Revision && p.ProposedWrites.Count > 0, cancellationToken);
        await ReportAsync(second, waited.Elapsed, cancellationToken);
    }

    private async Task SendAsync(DemoNotification notification, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = notification.Request();
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        _console.MarkupLineInterpolated($"[grey]POST {notification.Path} → {(int)response.StatusCode}[/]  {notification.Says}");
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoException($"{notification.Path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private static async Task<CorrectionPackage> NextAsync(
        AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch, Func<CorrectionPackage, bool> isAwaited, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (await watch.ResponseStream.MoveNext(patience.Token))
            {
                if (watch.ResponseStream.Current.Package is { State: PackageState.Prepared } package && isAwaited(package))
                {
                    return package;
                }
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            throw new DemoException($"no such package within {Patience.TotalSeconds:0} s");
        }

        throw new DemoException("the handoff ended its stream");
    }

    private async Task ReportAsync(CorrectionPackage package, TimeSpan waited, CancellationToken cancellationToken)
    {
        Ledger ledger = await _handoff.GetLedgerAsync(
            new GetLedgerRequest { Name = $"tuples/{package.Tuple.Id}/ledger" }, cancellationToken: cancellationToken);
        _console.WriteLine();
        LedgerTable.Print(_console, ledger);
        PackageReport.Print(_console, package, waited);
    }
}
