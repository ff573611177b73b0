using Microsoft.Extensions.Options;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging;

/// <summary>Refuses options that can not work, each with what to write instead.</summary>
public static class BusOptionsValidation
{
    private const int LongestPublishTimeoutMs = 300_000;

    /// <summary>What is wrong; empty where nothing is. Never quotes a password.</summary>
    public static IReadOnlyList<string> Problems(BusOptions options) =>
        [.. Transport(options).Concat(Partitions(options)).Select(p => $"{BusOptions.Section}: {p}")];

    /// <summary>Throws where something is wrong.</summary>
    /// <exception cref="OptionsValidationException">With every problem and its fix.</exception>
    public static void Check(BusOptions options)
    {
        IReadOnlyList<string> problems = Problems(options);
        if (problems.Count > 0)
        {
            throw new OptionsValidationException(BusOptions.Section, typeof(BusOptions), problems);
        }
    }

    private static IEnumerable<string> Transport(BusOptions options)
    {
        if (options.Transport is not (BusOptions.InMemory or BusOptions.RabbitMq))
        {
            yield return $"Transport must be {BusOptions.InMemory} or {BusOptions.RabbitMq}; write for example: Bus__Transport={BusOptions.RabbitMq}";
        }

        if (!options.UsesBroker)
        {
            yield break;
        }

        if (options.Nodes.Count == 0 || options.Nodes.Any(n => Uri.CheckHostName(n.Host) == UriHostNameType.Unknown || n.Port is < 1 or > 65535))
        {
            yield return "Host must name a host, or several separated by commas, each with :PORT if it has another; write for example: Bus__Host=rabbitmq";
        }

        if (options.Port is < 1 or > 65535)
        {
            yield return "Port must be from 1 to 65535; remove it to get 5672, or 5671 with TLS";
        }

        if (string.IsNullOrWhiteSpace(options.VirtualHost))
        {
            yield return "VirtualHost is empty; write for example: Bus__VirtualHost=/";
        }

        if (string.IsNullOrEmpty(options.Username) || string.IsNullOrEmpty(options.Password))
        {
            yield return "Username and Password must be set; write for example: Bus__Username=release-integrity and give Bus__Password, or the file Bus__Password among the secrets";
        }

        if (options.PublishTimeoutMs is < 100 or > LongestPublishTimeoutMs)
        {
            yield return $"PublishTimeoutMs must be from 100 to {LongestPublishTimeoutMs}; remove it to get the default";
        }
    }

    private static IEnumerable<string> Partitions(BusOptions options)
    {
        if (options.Partitions is < 1 or > ObservationPartitions.Limit)
        {
            yield return $"Partitions must be from 1 to {ObservationPartitions.Limit}; write for example: Bus__Partitions=8";
        }

        if (options.DrainPartitions is < 0 or > ObservationPartitions.Limit)
        {
            yield return $"DrainPartitions must be from 0 to {ObservationPartitions.Limit}; remove it when nothing is left to drain";
        }
    }
}
