using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using MassTransit.Context;
using MassTransit.Serialization;
using RabbitMQ.Client;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Messaging.RabbitMq;

/// <summary>
/// A message as it is on the wire: MassTransit's JSON envelope (<c>application/vnd.masstransit+json</c>), so that its
/// consumers, ours and others', read it. Wire format: version with care.
/// </summary>
internal static class Envelope
{
    private static readonly JsonSerializerOptions Json = Spelling();
    private static readonly ConcurrentDictionary<Type, Func<object, Guid, Uri, byte[]>> Writers = new();

    /// <summary>The body.</summary>
    public static byte[] BodyOf(object message, Guid id, Uri destination) =>
        Writers.GetOrAdd(message.GetType(), Writer)(message, id, destination);

    /// <summary>The properties: durable, with its id and headers.</summary>
    public static BasicProperties PropertiesOf(MessageLabel label) => new()
    {
        ContentType = SystemTextJsonMessageSerializer.JsonContentType.ToString(),
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = label.Id.ToString("D"),
        Headers = label.Fault?.ToDictionary(h => h.Key, h => (object?)h.Value),
    };

    private static byte[] Write<T>(object message, Guid id, Uri destination)
        where T : class
    {
        var context = new MessageSendContext<T>((T)message) { MessageId = id, DestinationAddress = destination };
        return new SystemTextJsonMessageBody<T>(context, Json).GetBytes();
    }

    private static Func<object, Guid, Uri, byte[]> Writer(Type type) =>
        typeof(Envelope).GetMethod(nameof(Write), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .CreateDelegate<Func<object, Guid, Uri, byte[]>>();

    private static JsonSerializerOptions Spelling()
    {
        var options = new JsonSerializerOptions(SystemTextJsonMessageSerializer.Options);
        ContractsJson.AddConverters(options);
        return options;
    }
}
