using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Hosting;

/// <summary>What is a service's own; everything else is the same for all of them (<see cref="ServiceProgram"/>).</summary>
public sealed record ServiceParts
{
    /// <summary>What it is called in help and metrics, and its store by default: <c>artifact-registry</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line for the help.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it listens, HTTP/1.1, unless the setting <c>urls</c> says otherwise.</summary>
    public string DefaultUrl { get; init; } = "http://127.0.0.1:8080";

    /// <summary>
    /// Whether it can do nothing without its broker, and so isn't ready while that is missing. Others go on: a collector
    /// keeps what it accepts, the handoff shows what it has. Default false.
    /// </summary>
    public bool NeedsBroker { get; init; }

    /// <summary>The schema of its store.</summary>
    public required MigrationSet Migrations { get; init; }

    /// <summary>Registers the service's parts from its configuration; the second argument is where it will listen.</summary>
    public required Action<WebApplicationBuilder, IReadOnlyList<ListenAddress>> Add { get; init; }

    /// <summary>Maps its endpoints.</summary>
    public required Action<WebApplication> Map { get; init; }

    /// <summary>Commands of its own, beside those of every service.</summary>
    public IReadOnlyList<Command> Commands { get; init; } = [];

    /// <summary>Where its store is: the section <c>Store</c>.</summary>
    public StoreOptions StoreOf(IConfiguration configuration)
    {
        var store = StoreOptions.Of(Name);
        configuration.GetSection(StoreOptions.Section).Bind(store);
        return store;
    }
}
