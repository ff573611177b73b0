using Microsoft.Extensions.Configuration;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging;

/// <summary>How a process reaches the others; configuration section <c>Bus</c>.</summary>
public sealed class BusOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Bus";

    /// <summary>All services in one process, nothing to install.</summary>
    public const string InMemory = "in-memory";

    /// <summary>Each service a process of its own, over a RabbitMQ broker.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary><c>in-memory</c> or <c>rabbitmq</c>. Default: <c>in-memory</c>.</summary>
    public string Transport { get; set; } = InMemory;

    /// <summary>The broker's host; several nodes of a cluster separated by commas, each with its port if it has another. Default <c>localhost</c>.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>The port of nodes that don't state theirs. Default 5672, with TLS 5671.</summary>
    public int? Port { get; set; }

    /// <summary>The virtual host. Default <c>/</c>.</summary>
    public string VirtualHost { get; set; } = "/";

    /// <summary>The user. A broker takes <c>guest</c> from its own machine only.</summary>
    public string Username { get; set; } = "guest";

    /// <summary>The user's password.</summary>
    public string Password { get; set; } = "guest";

    /// <summary>Whether the connection is encrypted. Default false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// Queues over which observations are spread; every process states the same. Default 8, in memory 1.
    /// services/Messaging/README.md says how to change it while everything runs.
    /// </summary>
    public int? Partitions { get; set; }

    /// <summary>
    /// Queues that reconcilers listen to, where that is more than <see cref="Partitions"/>: before senders use more, and
    /// until what they sent to the surplus is consumed. Default 0.
    /// </summary>
    public int DrainPartitions { get; set; }

    /// <summary>How long a message may wait for the broker's confirmation, in milliseconds; then it is sent again. Default 10,000.</summary>
    public int PublishTimeoutMs { get; set; } = 10_000;

    /// <summary>The options of a process, from its configuration.</summary>
    public static BusOptions Of(IConfiguration configuration) =>
        configuration.GetSection(Section).Get<BusOptions>() ?? new BusOptions();

    /// <summary>Whether there is a broker to reach.</summary>
    public bool UsesBroker => Transport == RabbitMq;

    /// <summary>The partitions of observations.</summary>
    public ObservationPartitions ObservationPartitions => new(Partitions ?? (UsesBroker ? 8 : 1), DrainPartitions);

    internal int DefaultPort => Port ?? (UseTls ? 5671 : 5672);

    /// <summary>The broker's nodes.</summary>
    public IReadOnlyList<(string Host, int Port)> Nodes =>
    [
        .. Host.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(node =>
            node.LastIndexOf(':') is var colon and > 0 && int.TryParse(node.AsSpan(colon + 1), out int port)
                ? (node[..colon], port)
                : (node, DefaultPort)),
    ];
}
