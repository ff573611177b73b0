using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>A stranger on the broker: puts bytes straight onto queues, and takes what lies there.</summary>
public sealed class QueueTap : IAsyncDisposable
{
    private readonly IConnection _connection;

    private QueueTap(IConnection connection) => _connection = connection;

    /// <summary>Connects to the first node.</summary>
    public static async Task<QueueTap> OpenAsync(BusAddress bus)
    {
        return new QueueTap(await bus.Factory().CreateConnectionAsync());
    }

    /// <summary>Puts a message onto a queue that exists; returns when the queue has it.</summary>
    public async Task PutAsync(string queue, byte[] body, string? contentType)
    {
        await using IChannel channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { Persistent = true, MessageId = $"{Guid.NewGuid():D}" };
        if (contentType is not null)
        {
            properties.ContentType = contentType;
        }

        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
    }

    /// <summary>How many messages wait in a queue; those that a consumer has in hand don't count. 0 where there is none.</summary>
    public async Task<uint> CountAsync(string queue)
    {
        await using IChannel channel = await _connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            return 0;
        }
    }

    /// <summary>Takes everything that waits in a queue out of it. Nobody else may consume from it.</summary>
    public async Task<IReadOnlyList<Taken>> TakeAllAsync(string queue)
    {
        uint count = await CountAsync(queue);
        var taken = new List<Taken>();
        if (count == 0)
        {
            return taken;
        }

        await using IChannel channel = await _connection.CreateChannelAsync();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            taken.Add(Taken.Of(message));
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
            if (taken.Count == count)
            {
                all.TrySetResult();
            }
        };
        await channel.BasicQosAsync(0, 1, global: false);
        string tag = await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await channel.BasicCancelAsync(tag);
        return taken;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}

/// <summary>A message that was taken off a queue.</summary>
public sealed record Taken(byte[] Body, string? ContentType, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>From what the client delivered, whose buffer is not ours to keep.</summary>
    public static Taken Of(BasicDeliverEventArgs message) => new(
        message.Body.ToArray(),
        message.BasicProperties.ContentType,
        (message.BasicProperties.Headers ?? new Dictionary<string, object?>())
            .ToDictionary(h => h.Key, h => h.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{h.Value}", StringComparer.Ordinal));
}
