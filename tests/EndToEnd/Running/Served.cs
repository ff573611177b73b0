using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd.Running;

/// <summary><c>serve</c> as a process of its own, on a data folder and free ports.</summary>
internal sealed partial class Served : IDisposable
{
    private readonly Child _child;
    private readonly StringBuilder _log = new();

    private readonly string _data;

    private Served(Child child, string data)
    {
        _child = child;
        _data = data;
    }

    /// <summary>Where the collectors and the JSON form of the handoff listen.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>Where the gRPC handoff listens.</summary>
    public Uri Grpc { get; private set; } = null!;

    /// <summary>What it wrote to stderr so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts it, and returns when it has said where it listens.</summary>
    public static async Task<Served> StartAsync(string data)
    {
        var served = new Served(new Child(Program.AllInOne.Start("serve", "--data", data, "--urls", "http://127.0.0.1:0", "--grpc-port", "0")), data);
        try
        {
            await served.ReadAddressesAsync();
            return served;
        }
        catch
        {
            served.Dispose();
            throw;
        }
    }

    /// <summary>A client of its HTTP side.</summary>
    public HttpClient Client(string? bearer = null)
    {
        var client = new HttpClient { BaseAddress = Http };
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    /// <summary>What operators can read of it.</summary>
    public Reads Reads(string? bearer = null) => new(source => new Uri(Http, $"{source}/"), () => Http, bearer);

    /// <summary>The token that it put into its data folder.</summary>
    public string Token => File.ReadAllText(Path.Combine(_data, "handoff.token")).Trim();

    /// <summary>A channel to its gRPC side, with the token.</summary>
    public GrpcChannel Channel() => GrpcChannel.ForAddress(
        Grpc, new GrpcChannelOptions { MaxReceiveMessageSize = null, HttpHandler = new Bearer(Token), DisposeHttpClient = true });

    /// <summary><c>kill -9</c>, at once or a moment later.</summary>
    public void Kill(TimeSpan later)
    {
        if (later > TimeSpan.Zero)
        {
            Thread.Sleep(later);
        }

        _child.Kill();
    }

    /// <inheritdoc/>
    public void Dispose() => _child.Dispose();

    private async Task ReadAddressesAsync()
    {
        _child.Process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _child.Process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _child.Process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (Handoff().Match(line) is { Success: true } said)
            {
                Grpc = new Uri($"http://{said.Groups["grpc"].Value}");
                Http = new Uri(said.Groups["json"].Value);
                return;
            }
        }

        Assert.Fail($"serve ended without saying where it listens\n{Log}");
    }

    [GeneratedRegex(@"^handoff\s+grpc (?<grpc>\S+), json (?<json>http://\S+/)v1/ledgers$")]
    private static partial Regex Handoff();
}
