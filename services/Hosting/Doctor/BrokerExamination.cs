using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;

namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>
/// Whether the broker can be reached, lets us in, takes messages, and has the queues as we declare them. It declares
/// nothing that isn't there.
/// </summary>
internal sealed class BrokerExamination(BusOptions bus) : IExamination
{
    private const string Nowhere = "release-integrity.doctor.nowhere";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AlarmWait = TimeSpan.FromSeconds(1);

    public string Subject => "broker";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        if (!bus.UsesBroker)
        {
            return [Finding.Ok(Subject, "none is needed: the transport is in memory")];
        }

        IConnection connection;
        try
        {
            connection = await ConnectAsync(cancellationToken);
        }
        catch (BrokerUnreachableException unreachable)
        {
            return [Unreachable(unreachable)];
        }

        await using (connection)
        {
            List<Finding> findings = [Finding.Ok(Subject, $"{VersionOf(connection)} lets us in")];
            findings.Add(await AlarmAsync(connection, cancellationToken));
            foreach (QueueDeclaration queue in Queues())
            {
                findings.AddRange(await QueueAsync(connection, queue, cancellationToken));
            }

            return Shortened(findings);
        }
    }

    private IEnumerable<QueueDeclaration> Queues() =>
    [
        .. bus.ObservationPartitions.Queues, Contracts.Topology.Queues.Cases, Contracts.Topology.Queues.SourcesHeard,
        Contracts.Topology.Queues.HandoffFeed, Contracts.Topology.Queues.Pins, Contracts.Topology.Queues.Rebuilds,
    ];

    private Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            VirtualHost = bus.VirtualHost,
            UserName = bus.Username,
            Password = bus.Password,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = ConnectLimit,
        };
        return factory.CreateConnectionAsync(
            [.. bus.Nodes.Select(n => new AmqpTcpEndpoint(n.Host, n.Port, new SslOption { Enabled = bus.UseTls, ServerName = n.Host }))],
            "release-integrity doctor",
            cancellationToken);
    }

    private Finding Unreachable(BrokerUnreachableException unreachable)
    {
        Exception[] causes = [.. Causes(unreachable)];
        if (causes.Any(c => c is AuthenticationFailureException or PossibleAuthenticationFailureException))
        {
            return Finding.Failure(Subject, "it refuses the user or the password", $"set Bus:Username and Bus:Password, or on the broker: rabbitmqctl change_password {bus.Username} PASSWORD");
        }

        if (causes.OfType<OperationInterruptedException>().Any(c => c.ShutdownReason?.ReplyCode == Constants.NotAllowed))
        {
            return Finding.Failure(
                Subject, "it has no such virtual host, or the user may not use it",
                $"rabbitmqctl add_vhost {bus.VirtualHost}; rabbitmqctl set_permissions -p {bus.VirtualHost} {bus.Username} '.*' '.*' '.*'");
        }

        string nodes = string.Join(", ", bus.Nodes.Select(n => $"{n.Host}:{n.Port.ToString(CultureInfo.InvariantCulture)}"));
        return Finding.Failure(Subject, $"{nodes} can't be reached", "is it running, and are Bus:Host, Bus:Port and Bus:UseTls right?");
    }

    private static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException several
        ? several.InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? Causes(inner).Prepend(exception) : [exception];

    private static string VersionOf(IConnection connection) =>
        connection.ServerProperties is { } server && server.TryGetValue("version", out object? stated) && stated is byte[] version ? $"RabbitMQ {Encoding.UTF8.GetString(version)}" : "the broker";

    // A broker with an alarm says so to whoever publishes. This message goes to no queue.
    private static async Task<Finding> AlarmAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionBlockedAsync += (_, e) =>
        {
            blocked.TrySetResult(e.Reason);
            return Task.CompletedTask;
        };
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.BasicPublishAsync("", Nowhere, ReadOnlyMemory<byte>.Empty, cancellationToken);
        await Task.WhenAny(blocked.Task, Task.Delay(AlarmWait, cancellationToken));
        return blocked.Task.IsCompleted
            ? Finding.Failure("alarm", $"it takes no messages ({await blocked.Task})", "free memory or disk on it: rabbitmq-diagnostics alarms")
            : Finding.Ok("alarm", "none: it takes messages");
    }

    private static async Task<IReadOnlyList<Finding>> QueueAsync(
        IConnection connection, QueueDeclaration queue, CancellationToken cancellationToken)
    {
        string check = $"queue {queue.Name}";
        if (await LookAsync(connection, queue.Name, cancellationToken) is not { } found)
        {
            return [Finding.Warning(check, "it is not there yet", "nothing: the first service that needs it makes it")];
        }

        Finding finding = await DifferenceAsync(connection, queue, cancellationToken) is { } difference
            ? Finding.Failure(check, $"it exists with other arguments: {difference}", $"let it run empty, then: rabbitmqctl delete_queue {queue.Name}; the services make it anew")
            : Finding.Ok(check, $"{found.MessageCount} messages, {found.ConsumerCount} consumers");
        uint failed = (await LookAsync(connection, queue.ErrorQueue, cancellationToken))?.MessageCount ?? 0;
        return failed == 0
            ? [finding]
            : [finding, Finding.Warning($"queue {queue.ErrorQueue}", $"{failed} messages could not be taken", "their headers say why; compose/README.md says how to move them back")];
    }

    // Each on a channel of its own, since the broker closes it where the queue is missing or differs.
    private static async Task<QueueDeclareOk?> LookAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        try
        {
            await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            return await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    private static async Task<string?> DifferenceAsync(IConnection connection, QueueDeclaration queue, CancellationToken cancellationToken)
    {
        try
        {
            await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await channel.QueueDeclareAsync(
                queue.Name, durable: true, exclusive: false, autoDelete: false,
                queue.Arguments.ToDictionary(a => a.Key, a => (object?)a.Value, StringComparer.Ordinal), cancellationToken: cancellationToken);
            return null;
        }
        catch (OperationInterruptedException differs) when (differs.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            return differs.ShutdownReason.ReplyText;
        }
    }

    // One line for all queues that are as they should be.
    private static List<Finding> Shortened(List<Finding> findings)
    {
        static bool IsGoodQueue(Finding f) => f.State == FindingState.Ok && f.Check.StartsWith("queue ", StringComparison.Ordinal);
        int good = findings.Count(IsGoodQueue);
        return good < 2 ? findings : [.. findings.Where(f => !IsGoodQueue(f)), Finding.Ok("queues", $"{good} are as they are declared")];
    }
}
