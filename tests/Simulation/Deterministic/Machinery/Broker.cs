using System.Text.Json;
using MassTransit.Serialization;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.RabbitMq;

namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>A message at a queue, as bytes.</summary>
/// <param name="Number">In the order of arrival.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Type">Of its body.</param>
/// <param name="Body">The envelope.</param>
/// <param name="Label">What stands on it.</param>
internal sealed record Letter(long Number, string Queue, Type Type, byte[] Body, MessageLabel Label)
{
    private static readonly JsonSerializerOptions Json = Spelling();

    /// <summary>The consumer that has it and has not acknowledged it; null while it waits.</summary>
    public Life? TakenBy { get; set; }

    /// <summary>The message, as a consumer reads it.</summary>
    public object Read()
    {
        using var envelope = JsonDocument.Parse(Body);
        return envelope.RootElement.GetProperty("message").Deserialize(Type, Json)!;
    }

    private static JsonSerializerOptions Spelling()
    {
        var options = new JsonSerializerOptions(SystemTextJsonMessageSerializer.Options);
        ContractsJson.AddConverters(options);
        return options;
    }
}

/// <summary>
/// Queues that deliver at least once: what is taken and not acknowledged comes again when its consumer is gone. Messages
/// may overtake each other. A queue of a partition has one active consumer.
/// </summary>
internal sealed class Broker(Choices choices)
{
    private readonly Dictionary<string, List<Letter>> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Life> _active = new(StringComparer.Ordinal);
    private long _numbers;

    /// <summary>Raised whenever something can be taken that could not before.</summary>
    public long Version { get; private set; }

    /// <summary>What went to error queues.</summary>
    public List<Letter> Errors { get; } = [];

    /// <summary>Told of everything that is sent or published.</summary>
    public required Action<object> Sent { get; init; }

    /// <summary>Messages at queues, taken or not.</summary>
    public int Count => _queues.Values.Sum(q => q.Count);

    /// <summary>Takes a message to a queue.</summary>
    public void Put(QueueDeclaration queue, object message, MessageLabel label)
    {
        byte[] body = Envelope.BodyOf(message, label.Id, new Uri($"queue:{queue.Name}"));
        var letter = new Letter(++_numbers, queue.Name, message.GetType(), body, label);
        if (label.Fault is not null)
        {
            Errors.Add(letter);
            return;
        }

        Sent(message);
        Of(queue.Name).Add(letter);
        Version++;
    }

    /// <summary>Whether a consumer may take from a queue of which one is active at a time; the first that asks becomes it.</summary>
    public bool IsActive(string queue, Life life)
    {
        if (!_active.TryGetValue(queue, out Life? active) || active.IsOver)
        {
            _active[queue] = active = life;
        }

        return active == life;
    }

    /// <summary>Whether something waits at a queue.</summary>
    public bool HasWaiting(string queue) => Of(queue).Exists(l => l.TakenBy is null);

    /// <summary>Gives a consumer up to so many messages; they are its own until it acknowledges or is gone.</summary>
    public IReadOnlyList<Letter> Take(string queue, Life life, int limit)
    {
        List<Letter> waiting = Of(queue).FindAll(l => l.TakenBy is null);
        int count = Math.Min(waiting.Count, choices.AreCalm ? limit : 1 + choices.Of(limit));
        bool inOrder = choices.Of(3) == 0;
        var taken = new List<Letter>(count);
        for (int i = 0; i < count; i++)
        {
            int next = inOrder ? 0 : choices.Of(waiting.Count);
            taken.Add(waiting[next]);
            waiting[next].TakenBy = life;
            waiting.RemoveAt(next);
        }

        return taken;
    }

    /// <summary>Ends messages that a consumer still has.</summary>
    public void Acknowledge(IReadOnlyList<Letter> letters, Life life)
    {
        foreach (Letter letter in letters.Where(l => l.TakenBy == life))
        {
            Of(letter.Queue).Remove(letter);
        }
    }

    /// <summary>Gives messages back that a consumer could not process.</summary>
    public void Return(IReadOnlyList<Letter> letters, Life life)
    {
        foreach (Letter letter in letters.Where(l => l.TakenBy == life))
        {
            letter.TakenBy = null;
            Version++;
        }
    }

    /// <summary>A consumer is gone, or the broker thinks so: what it had comes again, and its partitions become another's.</summary>
    public void Lose(Life life)
    {
        foreach (Letter letter in _queues.Values.SelectMany(q => q).Where(l => l.TakenBy == life))
        {
            letter.TakenBy = null;
        }

        foreach (string queue in _active.Where(a => a.Value == life).Select(a => a.Key).ToArray())
        {
            _active.Remove(queue);
        }

        Version++;
    }

    /// <summary>A bus in memory ends with its process.</summary>
    public void Forget()
    {
        _queues.Clear();
        _active.Clear();
    }

    private List<Letter> Of(string queue)
    {
        if (!_queues.TryGetValue(queue, out List<Letter>? letters))
        {
            _queues[queue] = letters = [];
        }

        return letters;
    }
}

/// <summary>One process's way to the broker.</summary>
internal sealed class SimulatedTransport(Broker broker, Life life, Scheduler scheduler, bool isDurable) : IMessageTransport
{
    public bool IsDurable => isDurable;

    public Task ReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SendAsync(QueueDeclaration queue, object message, MessageLabel label, CancellationToken cancellationToken) =>
        PassAsync(queue.Name, () => broker.Put(queue, message, label));

    public Task PublishAsync(object message, MessageLabel label, CancellationToken cancellationToken) =>
        PassAsync(message.GetType().Name, () => broker.Sent(message));

    private async Task PassAsync(string what, Action take)
    {
        if (await scheduler.PassAsync(life, Point.Publish, what) == FaultKind.PublishFails)
        {
            throw new SimulatedFailureException("the broker takes nothing");
        }

        take();
        if (await scheduler.PassAsync(life, Point.Published, what) == FaultKind.PublishUnknown)
        {
            throw new SimulatedFailureException("the confirmation is lost");
        }
    }
}
