using Microsoft.AspNetCore.Builder;

namespace ReleaseIntegrity.Hosting;

/// <summary>What is a service's own; everything else is the same for all of them (<see cref="ServiceProgram"/>).</summary>
public sealed record ServiceParts
{
    /// <summary>What it is called in help, health and metrics: <c>artifact-registry</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line for the help.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it listens, HTTP/1.1, unless the setting <c>urls</c> says otherwise.</summary>
    public string DefaultUrl { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Registers the service's parts from its configuration; the second argument is where it will listen.</summary>
    public required Action<WebApplicationBuilder, IReadOnlyList<ListenAddress>> Add { get; init; }

    /// <summary>Maps its endpoints.</summary>
    public required Action<WebApplication> Map { get; init; }
}
