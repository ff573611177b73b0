using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>
/// Stops a collector that listens beyond loopback and would refuse every sender there, because a format has no
/// credential: better at start-up, with the fix, than as a 403 to each of them.
/// </summary>
internal sealed class ListenGuard(Collector collector, IServer? server) : IHostedLifecycleService
{
    /// <exception cref="ListenException">A credential is missing.</exception>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        string? open = server?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => !IsLoopback(a));
        string? format = collector.Normalisers.Keys.FirstOrDefault(f => collector.CredentialOf(f) is null);
        if (open is not null && format is not null)
        {
            string name = WireNames.Of(collector.Source);
            throw new ListenException(
                $"""
                collector {name} listens on {open}, and its format '{format}' has no credential.
                Give it one:         "Credential": {"{"} "Header": "Authorization", "Secrets": [ "<openssl rand -hex 32>" ] {"}"}
                or listen locally:   --urls http://127.0.0.1:8080
                """);
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsLoopback(string address)
    {
        BindingAddress binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe
            || binding.IsNamedPipe
            || string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }
}
