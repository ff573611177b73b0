namespace ReleaseIntegrity.Tests.Servers;

/// <summary>A virtual host of a broker, as a service finds it.</summary>
/// <param name="Nodes">Where its nodes speak AMQP, each as <c>address:port</c>.</param>
/// <param name="VirtualHost">The virtual host.</param>
public sealed record BusAddress(IReadOnlyList<string> Nodes, string VirtualHost)
{
    /// <summary>All nodes, as the setting <c>Bus:Host</c> names them.</summary>
    public string Hosts => string.Join(',', Nodes);

    /// <summary>The settings of the section <c>Bus</c>.</summary>
    public IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("Bus:Transport", "rabbitmq"),
        ("Bus:Host", Hosts),
        ("Bus:VirtualHost", VirtualHost),
        ("Bus:Username", "guest"),
        ("Bus:Password", "guest"),
    ];

    /// <summary>How a client connects to the first node.</summary>
    public RabbitMQ.Client.ConnectionFactory Factory() => new() { Uri = new Uri($"amqp://{Nodes[0]}"), VirtualHost = VirtualHost };
}
