namespace ReleaseIntegrity.Tests.Distributed.Broker;

/// <summary>A virtual host of a broker, as a service finds it.</summary>
/// <param name="Ports">AMQP ports on loopback: one per node.</param>
/// <param name="VirtualHost">The virtual host.</param>
internal sealed record BusAddress(IReadOnlyList<int> Ports, string VirtualHost)
{
    /// <summary>The settings of the section <c>Bus</c>.</summary>
    public IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("Bus:Transport", "rabbitmq"),
        ("Bus:Host", string.Join(',', Ports.Select(p => $"127.0.0.1:{p}"))),
        ("Bus:VirtualHost", VirtualHost),
        ("Bus:Username", "guest"),
        ("Bus:Password", "guest"),
    ];
}
