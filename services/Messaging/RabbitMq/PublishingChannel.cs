using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.RabbitMq;

/// <summary>
/// One channel of the publishing connection. Each queue is declared before the first message to it, and again after it has
/// turned out to be gone. Messages to queues take the default exchange, which routes by the queue's name alone, with the
/// mandatory flag: no other queue can take them in its place, and where it is missing they come back.
/// <para>
/// Concurrency: any number of messages at once; each waits for its own confirmation. Failure: an exception where the queue
/// did not confirm the message in time, or returned or refused it.
/// </para>
/// </summary>
internal sealed class PublishingChannel : IAsyncDisposable
{
    private const string Presence = "observations.v1.replicas";

    /// <summary>Refusals of one queue in a row after which the channel is given up.</summary>
    private const int RefusalLimit = 3;

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly Func<Task> _ended;
    private readonly TimeSpan _limit;
    private readonly Lazy<Task<IChannel>> _presence;
    private readonly ConcurrentDictionary<string, Lazy<Task>> _declared = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);

    private PublishingChannel(IConnection connection, IChannel channel, Func<Task> ended, int limitMs)
    {
        _connection = connection;
        _channel = channel;
        _ended = ended;
        _limit = TimeSpan.FromMilliseconds(limitMs);
        _presence = new Lazy<Task<IChannel>>(PresentAsync);
    }

    /// <summary>Opens it.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="ended">Called when the broker closed the channel, and when it is of no use any more.</param>
    /// <param name="limitMs">How long a message waits for its confirmation, in milliseconds.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<PublishingChannel> OpenAsync(
        IConnection connection, Func<Task> ended, int limitMs, CancellationToken cancellationToken)
    {
        IChannel channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellationToken);
        channel.ChannelShutdownAsync += (_, _) => ended();
        return new PublishingChannel(connection, channel, ended, limitMs);
    }

    /// <summary>Sends to a queue, or to its error queue.</summary>
    public async Task SendAsync(
        QueueDeclaration queue, bool toErrorQueue, BasicProperties properties, byte[] body, CancellationToken cancellationToken)
    {
        await DeclaredAsync(queue.Name, channel => DeclareAsync(channel, queue));
        try
        {
            await PublishAsync("", toErrorQueue ? queue.ErrorQueue : queue.Name, mandatory: true, properties, body, cancellationToken);
            _refusals.TryRemove(queue.Name, out _);
        }
        catch (PublishException e) when (e.IsReturn)
        {
            _declared.TryRemove(queue.Name, out _);
            throw new BrokerUnavailableException($"the queue {queue.Name} was gone; it is declared again with the next attempt", e);
        }
        catch (PublishException)
        {
            // A channel of RabbitMQ 3.10 remembers which node led a queue when it first sent there; should that node be
            // gone, it refuses everything to that queue for good. A new one asks anew.
            if (_refusals.AddOrUpdate(queue.Name, 1, (_, before) => before + 1) >= RefusalLimit)
            {
                await _ended();
            }

            throw;
        }
    }

    /// <summary>Publishes to an exchange, whether or not a queue is bound to it.</summary>
    public async Task PublishAsync(string exchange, BasicProperties properties, byte[] body, CancellationToken cancellationToken)
    {
        await DeclaredAsync(exchange, channel => channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true));
        await PublishAsync(exchange, "", mandatory: false, properties, body, cancellationToken);
    }

    /// <summary>
    /// How many processes listen to the partitions. A queue with a single active consumer counts that one alone, so each
    /// process consumes from one queue more, to which nothing is ever sent and which goes with the last of them.
    /// </summary>
    public async Task<int> ReplicasAsync(CancellationToken cancellationToken) =>
        (int)(await (await _presence.Value).QueueDeclarePassiveAsync(Presence, cancellationToken)).ConsumerCount;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private async Task<IChannel> PresentAsync()
    {
        IChannel channel = await _connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Presence, durable: true, exclusive: false, autoDelete: true);
        await channel.BasicConsumeAsync(Presence, autoAck: true, new AsyncEventingBasicConsumer(channel));
        return channel;
    }

    private static async Task DeclareAsync(IChannel channel, QueueDeclaration queue)
    {
        await channel.QueueDeclareAsync(
            queue.ErrorQueue, durable: true, exclusive: false, autoDelete: false, Writable(QueueDeclaration.ErrorArguments));
        await channel.QueueDeclareAsync(
            queue.Name, durable: true, exclusive: false, autoDelete: false, Writable(queue.Arguments));
    }

    private static Dictionary<string, object?> Writable(IReadOnlyDictionary<string, object> arguments) =>
        arguments.ToDictionary(a => a.Key, a => (object?)a.Value, StringComparer.Ordinal);

    // On a channel of its own, since the broker closes a channel whose declaration it refuses.
    private async Task DeclaredAsync(string name, Func<IChannel, Task> declare)
    {
        Lazy<Task> declaration = _declared.GetOrAdd(name, _ => new Lazy<Task>(async () =>
        {
            await using IChannel channel = await _connection.CreateChannelAsync();
            await declare(channel);
        }));
        try
        {
            await declaration.Value;
        }
        catch (OperationInterruptedException e)
        {
            _declared.TryRemove(new KeyValuePair<string, Lazy<Task>>(name, declaration));
            throw new BrokerUnavailableException(
                $"the broker refused to declare {name} ({e.ShutdownReason?.ReplyText}); services/Messaging/README.md says what it has to be", e);
        }
        catch (Exception)
        {
            _declared.TryRemove(new KeyValuePair<string, Lazy<Task>>(name, declaration));
            throw;
        }
    }

    private async Task PublishAsync(
        string exchange, string routingKey, bool mandatory, BasicProperties properties, byte[] body, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        try
        {
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the broker did not confirm a message within {_limit}", e);
        }
    }
}
