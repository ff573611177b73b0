using System.CommandLine;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Hosting;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>serve</c>: every service in one process, until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Data = new("--data", "-d")
    {
        Description = "The folder of everything that is kept; made where it is missing.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "data",
    };

    private static readonly Option<string?> PolicyFile = new("--policy", "-p")
    {
        Description = "The policy file. Default: the shipped policy.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Urls = new("--urls")
    {
        Description = "Where collectors and the JSON form of the handoff listen; several with semicolons, port 0 for a free one.",
        HelpName = "URLS",
        DefaultValueFactory = _ => [ServeRequest.DefaultUrl],
    };

    private static readonly Option<int> GrpcPort = new("--grpc-port")
    {
        Description = "The port of the gRPC handoff, always on loopback; 0 for a free one.",
        HelpName = "PORT",
        DefaultValueFactory = _ => ServeRequest.DefaultGrpcPort,
    };

    /// <summary>What the generated help can't say.</summary>
    public static string Notes => $$"""
        It listens on this machine only. To take notifications from elsewhere, name an address and a credential that
        senders must show; without one it refuses to start and says how. Ledgers and packages stay on this machine.

        Endpoints:
          POST /SOURCE/notifications/FORMAT      a notification; 202 means that it is on disk
          POST /notifications/FORMAT             the same, for formats that one source alone speaks
          GET  /SOURCE/notifications/INTAKE-ID   what became of it        GET  /SOURCE/items, /SOURCE/counts
          GET  /v1/ledgers, /v1/tuples/-/packages, /v1/tuples/-/holds     the handoff as JSON, masked; with a token
          GET  /openapi/v1.json                  what the handoff's JSON form is
          GET  /health/live, /health/ready
          gRPC releaseintegrity.handoff.v1.HandoffService, with reflection and health
        SOURCE is artifact-registry, signature-ledger, change-snapshot or runtime-validation.

        In DIR:
          *.db            one SQLite file per service; a second process on the same folder is refused
          token.key       the key of masked tokens, made at the first start; keep it, or old tokens lose their meaning
          signing.key     the key of tokens for the handoff, made at the first start: see token --help
          handoff.token   a token for every role and repository, made anew at every start
          export.key      signs exported packages, made at the first start; who verifies them needs its public half
          secrets/        yours, a file per setting: secrets/Collectors__Credential__Secrets__0
          settings.json   yours, if you need one: { "Collectors": { "Credential": { "Secrets": [ "…" ] } } }

        Exit codes:
          0  stopped     1  failed     2  bad usage, policy or settings

        Examples:
          serve
          serve --data /var/lib/release-integrity --policy our-policy.yaml
          Collectors__Credential__Secrets__0=$(openssl rand -hex 32) serve --urls http://0.0.0.0:8080
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Serve everything in one process: collectors, reconciler, gRPC handoff.")
        {
            Data, PolicyFile, Urls, GrpcPort,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        var request = new ServeRequest
        {
            DataFolder = parsed.GetValue(Data)!,
            Policy = parsed.GetValue(PolicyFile),
            Urls = [.. parsed.GetValue(Urls)!.SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            GrpcPort = parsed.GetValue(GrpcPort),
        };
        try
        {
            await using ServiceHost host = await ServiceHost.StartAsync(request, cancellationToken);
            await output.WriteLineAsync($"collectors  {string.Join(", ", host.Http.Select(u => $"{u}SOURCE/notifications/FORMAT"))}");
            await output.WriteLineAsync($"handoff     grpc {host.Grpc.Authority}, json {host.Http[0]}v1/ledgers");
            if (host.TokenFile is not null)
            {
                await output.WriteLineAsync($"token       {host.TokenFile}, for every role and repository; send it as 'authorization: Bearer TOKEN'");
            }

            await output.WriteLineAsync($"data        {Path.GetFullPath(request.DataFolder)}");
            await output.FlushAsync(cancellationToken);
            await host.WaitAsync(cancellationToken);
            return ExitCodes.Done;
        }
        catch (UsageException bad)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(bad.Message);
            return ExitCodes.BadUsage;
        }
    }
}
