using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ReleaseIntegrity.Messaging.RabbitMq;

/// <summary>
/// The connection over which this process sends, and one channel with publisher confirms on it. It connects by itself,
/// again and again with growing, jittered pauses, so that many processes don't all come back in the same instant.
/// </summary>
internal sealed class PublishingConnection(BusOptions options, TimeProvider clock, ILogger<PublishingConnection> logger)
    : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _turn = new();
    private BusStanding _standing = new(BusState.Disconnected, clock.GetUtcNow(), "not connected to the broker yet");
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private volatile PublishingChannel? _channel;
    private int _disposed;

    /// <summary>Where it stands now.</summary>
    public BusStanding Standing
    {
        get
        {
            lock (_turn)
            {
                return _standing;
            }
        }
    }

    /// <summary>The channel.</summary>
    /// <exception cref="BrokerUnavailableException">There is no connection now.</exception>
    public PublishingChannel Channel =>
        _channel ?? throw new BrokerUnavailableException(Standing.Reason);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(KeepAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Nothing: outboxes are emptied until the host has stopped, and the connection ends when it is disposed.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns while the broker takes messages; waits where it doesn't.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken)
    {
        lock (_turn)
        {
            return _ready.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // It is a service and a hosted service, and the container disposes of both.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        for (int attempt = 1; !_stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await using IConnection connection = await ConnectAsync();
                attempt = 0;
                await ServeAsync(connection);
                Stand(BusState.Disconnected, "the connection to the broker was lost; it is tried again");
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                Stand(BusState.Disconnected, $"the broker at {options.Host} can't be reached ({e.GetBaseException().GetType().Name}): is it up, and are Bus:Host, Bus:VirtualHost, Bus:Username and Bus:Password right?");
                logger.LogWarning("The broker at {Host} can't be reached, attempt {Attempt}: {Reason}", options.Host, attempt, e.GetBaseException().Message);
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(Pause(attempt), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TimeSpan Pause(int attempt)
    {
        TimeSpan pause = FirstPause * (1 << Math.Clamp(attempt, 0, 8));
        return (pause < LongestPause ? pause : LongestPause) * Random.Shared.NextDouble();
    }

    private async Task<IConnection> ConnectAsync()
    {
        var factory = new ConnectionFactory
        {
            VirtualHost = options.VirtualHost,
            UserName = options.Username,
            Password = options.Password,
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = ConnectLimit,
        };
        AmqpTcpEndpoint[] nodes =
        [
            .. options.Nodes.Select(n => new AmqpTcpEndpoint(
                n.Host, n.Port, new SslOption { Enabled = options.UseTls, ServerName = n.Host })),
        ];
        return await factory.CreateConnectionAsync(nodes, "release-integrity publisher", _stopping.Token);
    }

    private async Task ServeAsync(IConnection connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, _) => End();
        connection.ConnectionBlockedAsync += Blocked;
        connection.ConnectionUnblockedAsync += Unblocked;
        await using PublishingChannel channel = await PublishingChannel.OpenAsync(connection, End, options.PublishTimeoutMs, _stopping.Token);
        _channel = channel;
        Stand(BusState.Connected, "connected to the broker");
        try
        {
            if (connection.IsOpen)
            {
                await ended.Task.WaitAsync(_stopping.Token);
            }
        }
        finally
        {
            _channel = null;
        }

        Task End()
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        }
    }

    private Task Blocked(object sender, ConnectionBlockedEventArgs e)
    {
        Stand(BusState.Blocked, $"the broker is blocking publishers (alarm: {e.Reason}): free memory or disk on it; messages wait in the outbox meanwhile");
        return Task.CompletedTask;
    }

    private Task Unblocked(object sender, AsyncEventArgs e)
    {
        Stand(BusState.Connected, "connected to the broker");
        return Task.CompletedTask;
    }

    private void Stand(BusState state, string reason)
    {
        lock (_turn)
        {
            if (_standing.State != state)
            {
                logger.Log(state == BusState.Connected ? LogLevel.Information : LogLevel.Warning, "Bus: {Reason}", reason);
                _standing = new BusStanding(state, clock.GetUtcNow(), reason);
            }
            else
            {
                _standing = _standing with { Reason = reason };
            }

            if (state == BusState.Connected)
            {
                _ready.TrySetResult();
            }
            else if (_ready.Task.IsCompleted)
            {
                _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}

/// <summary>There is no connection to the broker now. What was to be sent waits.</summary>
public sealed class BrokerUnavailableException : Exception
{
    /// <summary>With what is missing.</summary>
    public BrokerUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With what is missing, and the cause.</summary>
    public BrokerUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message, as exceptions are expected to have it.</summary>
    public BrokerUnavailableException()
    {
    }
}
