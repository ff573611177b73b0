namespace ReleaseIntegrity.Contracts.Topology;

/// <summary>
/// The queues between the services. Sender and consumer both declare a queue, whoever comes first, so its name and
/// arguments stand here alone; on RabbitMQ a queue that is declared otherwise than it exists is refused. Names end with
/// a version: other arguments, or other content, are another queue. services/Messaging/README.md has the table.
/// </summary>
public static class Queues
{
    /// <summary>To the lifecycle of cases: <c>case-changed</c> and <c>steward-decided</c>, one bus message each.</summary>
    public static QueueDeclaration Cases { get; } = new("cases.v1") { TakesParcels = false };

    /// <summary>To the handoff: ledgers, with the holds that they open and release, and packages, in parcels.</summary>
    public static QueueDeclaration HandoffFeed { get; } = new("handoff-feed.v1");

    /// <summary>To the reconcilers: which source instances were heard, in parcels.</summary>
    public static QueueDeclaration SourcesHeard { get; } = new("sources-heard.v1");

    /// <summary>To the reconcilers: the pins of stewards, in parcels.</summary>
    public static QueueDeclaration Pins { get; } = new("pins.v1");

    /// <summary>To the reconcilers: requests to send everything again, in parcels.</summary>
    public static QueueDeclaration Rebuilds { get; } = new("rebuilds.v1");

    /// <summary>Back to the outboxes of one process, where the transport forgets at a crash; never on a broker.</summary>
    public static QueueDeclaration Confirmations { get; } = new("outbox-confirmations.v1") { TakesParcels = false };

    /// <summary>To the reconcilers: the observations of one partition, in parcels. One consumer at a time is active.</summary>
    /// <param name="partition">From 0.</param>
    public static QueueDeclaration Observations(int partition) =>
        new($"{ObservationPartitions.QueuePrefix}{partition:D2}") { SingleActiveConsumer = true };

    /// <summary>The queue of a name.</summary>
    /// <exception cref="ArgumentException">There is no such queue.</exception>
    public static QueueDeclaration Named(string name) => name switch
    {
        "cases.v1" => Cases,
        "handoff-feed.v1" => HandoffFeed,
        "sources-heard.v1" => SourcesHeard,
        "pins.v1" => Pins,
        "rebuilds.v1" => Rebuilds,
        "outbox-confirmations.v1" => Confirmations,
        _ => ObservationPartitions.PartitionOf(name) is { } partition
            ? Observations(partition)
            : throw new ArgumentException($"'{name}' is no queue between the services"),
    };
}
