namespace ReleaseIntegrity.Contracts.Topology;

/// <summary>
/// How a queue is declared on a broker: durable, never exclusive, never deleted by itself. Version with care: a queue
/// that exists keeps its arguments, and refuses others.
/// </summary>
/// <param name="Name">The queue's name.</param>
public sealed record QueueDeclaration(string Name)
{
    /// <summary>
    /// Deliveries that a consumer did not survive before a message goes to the error queue: it ends a message that kills
    /// its consumer, and is far above what restarts and outages cost one message.
    /// </summary>
    public const int DeliveryLimit = 50;

    /// <summary>Of several consumers one gets all messages, and another takes over within moments when it is gone.</summary>
    public bool SingleActiveConsumer { get; init; }

    /// <summary>Whether its messages are parcels; else they come one by one, as a saga needs them.</summary>
    public bool TakesParcels { get; init; } = true;

    /// <summary>Where messages go that can't be processed, with the reason in their headers.</summary>
    public string ErrorQueue => $"{Name}_error";

    /// <summary>
    /// Arguments of the queue: replicated, bounded deliveries, and what exceeds them moved to the error queue, which has
    /// to have taken it before it leaves this one.
    /// </summary>
    public IReadOnlyDictionary<string, object> Arguments
    {
        get
        {
            var arguments = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = DeliveryLimit,
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = ErrorQueue,
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            };
            if (SingleActiveConsumer)
            {
                arguments["x-single-active-consumer"] = true;
            }

            return arguments;
        }
    }

    /// <summary>Arguments of the error queue: replicated, and nothing leaves it but by hand.</summary>
    public static IReadOnlyDictionary<string, object> ErrorArguments { get; } =
        new Dictionary<string, object>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };
}
