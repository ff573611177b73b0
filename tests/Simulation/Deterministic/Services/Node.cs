using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>Something that a service does over and over, one step at a time.</summary>
/// <param name="Name">For the trace.</param>
/// <param name="Version">Changes whenever there may be something to do.</param>
/// <param name="HasWork">Whether something is there now; null where only the version tells.</param>
/// <param name="StepAsync">One pass; returns how much it did.</param>
internal sealed record Lane(string Name, Func<long> Version, Func<bool>? HasWork, Func<Task<int>> StepAsync)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private (long Version, DateTimeOffset At) _idleSince = (-1, default);

    /// <summary>The step that is under way; null between steps.</summary>
    public Task<int>? Step { get; private set; }

    /// <summary>Whether a step may find something to do. A look that would find nothing is not simulated: there are too many.</summary>
    public bool IsWorthwhile(DateTimeOffset now) => Step is null
        && (_idleSince.Version != Version() || (HasWork is not null && now >= _idleSince.At + Pause))
        && (HasWork is null || HasWork());

    /// <summary>Begins a step.</summary>
    public void Begin(DateTimeOffset now)
    {
        _idleSince = (Version(), now);
        Step = StepAsync();
    }

    /// <summary>Ends the step if it is done; returns its failure, where it failed.</summary>
    public Exception? End()
    {
        if (Step is not { IsCompleted: true } done)
        {
            return null;
        }

        Step = null;
        if (!done.IsCompletedSuccessfully || done.Result > 0)
        {
            _idleSince.Version = -1;
        }

        return done.Exception?.GetBaseException();
    }
}

/// <summary>What a service is given: its life, and the ways to store, broker and clock.</summary>
/// <param name="Name">For the trace.</param>
/// <param name="Life">Of its process.</param>
/// <param name="Database">What it has on disk.</param>
/// <param name="Store">Its way there.</param>
/// <param name="Clock">Time.</param>
/// <param name="Broker">The queues.</param>
/// <param name="Transport">Its way there.</param>
/// <param name="Scheduler">Owns the order.</param>
/// <param name="Random">For pauses.</param>
internal sealed record Surroundings(
    string Name, Life Life, Database Database, SimulatedStore Store, TimeProvider Clock, Broker Broker, SimulatedTransport Transport,
    Scheduler Scheduler, Random Random)
{
    private const long Idle = -2;

    public StoreHold Hold() => new(Store, Clock, NullLogger<StoreHold>.Instance, Random);

    public RejectedItems Rejected() => new(Transport, Clock, NullLogger<RejectedItems>.Instance);

    public OutboxDispatcher Dispatcher(Outbox outbox) => new(outbox, new OutboxPublisher(Transport), NullLogger<OutboxDispatcher>.Instance);

    /// <summary>What happens in the store, step by step.</summary>
    /// <param name="what">For the trace.</param>
    /// <param name="due">SQL for when there is something to do, as <c>at</c>.</param>
    /// <param name="stepAsync">One pass; returns how much it did.</param>
    public Lane Storing(string what, string due, Func<Task<int>> stepAsync) =>
        new($"{Name} {what}", () => Database.Version, () => Database.When(due) <= Clock.GetUtcNow(), stepAsync);

    /// <summary>Messages of a queue, in batches.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="limit">Messages at once, at most.</param>
    /// <param name="consumeAsync">Where it returns they are acknowledged.</param>
    public Lane Consuming(QueueDeclaration queue, int limit, Func<IReadOnlyList<Letter>, Task> consumeAsync) => new(
        $"{Name} < {queue.Name}",
        () => Broker.HasWaiting(queue.Name) && (!queue.SingleActiveConsumer || Broker.IsActive(queue.Name, Life)) ? Broker.Version : Idle,
        HasWork: null,
        async () =>
        {
            if (queue.SingleActiveConsumer && !Broker.IsActive(queue.Name, Life))
            {
                return 0;
            }

            IReadOnlyList<Letter> letters = Broker.Take(queue.Name, Life, limit);
            if (letters.Count == 0)
            {
                return 0;
            }

            try
            {
                await consumeAsync(letters);
            }
            catch
            {
                Broker.Return(letters, Life);
                throw;
            }

            await Scheduler.PassAsync(Life, Point.Ack, queue.Name);
            Broker.Acknowledge(letters, Life);
            return letters.Count;
        });

    /// <summary>A message as a consumer sees it.</summary>
    public ConsumeContext<T> Delivery<T>(Letter letter)
        where T : class => Delivered.Of<T>(letter, ConfirmAsync);

    /// <summary>Tells the outbox that sent a message that it is processed, as consumers do.</summary>
    public Task ConfirmAsync(Letter letter) =>
        letter.Label.Outbox is { } outbox ? ConfirmAsync(new MessagesFolded(outbox, [letter.Label.Id])) : Task.CompletedTask;

    private Task ConfirmAsync(MessagesFolded folded) => Transport.SendAsync(Queues.Confirmations, folded, new MessageLabel(Guid.Empty), CancellationToken.None);
}

/// <summary>One service in one run of its process.</summary>
internal interface INode
{
    /// <summary>The run.</summary>
    Life Life { get; }

    /// <summary>What it does.</summary>
    IReadOnlyList<Lane> Lanes { get; }

    /// <summary>The outbox that others confirm to.</summary>
    Outbox Outbox { get; }

    /// <summary>What it does once, before everything else.</summary>
    Task StartAsync();
}
