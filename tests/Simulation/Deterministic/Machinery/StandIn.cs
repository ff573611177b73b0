using System.Collections;
using System.Reflection;
using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging;

namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>
/// Stands for one of MassTransit's large interfaces where our consumers use a few of their members; every other member is
/// refused, so that one that begins to be used is seen.
/// </summary>
public class StandIn : DispatchProxy
{
    private IReadOnlyDictionary<string, Func<object?[], object?>> _members = new Dictionary<string, Func<object?[], object?>>();

    internal static T For<T>(Dictionary<string, Func<object?[], object?>> members)
        where T : class
    {
        var standIn = (StandIn)((StandIn)(object)Kind<T>.First).MemberwiseClone();
        standIn._members = members;
        return (T)(object)standIn;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _members.TryGetValue(targetMethod!.Name, out Func<object?[], object?>? member)
            ? member(args ?? [])
            : throw new NotSupportedException($"{targetMethod.DeclaringType!.Name}.{targetMethod.Name} has no simulation");

    // A proxy's constructor is called by reflection, which costs a thousand times what a copy does.
    private static class Kind<T>
        where T : class
    {
        public static readonly T First = Create<T, StandIn>();
    }
}

/// <summary>Deliveries as consumers see them.</summary>
internal static class Delivered
{
    /// <summary>A message of a queue.</summary>
    /// <param name="letter">The message.</param>
    /// <param name="publish">Takes what the consumer publishes.</param>
    public static ConsumeContext<T> Of<T>(Letter letter, Func<MessagesFolded, Task> publish)
        where T : class
    {
        var message = (T)letter.Read();
        Headers headers = StandIn.For<Headers>(new() { ["Get"] = args => (string?)args[0] == MessageLabel.OutboxHeader ? letter.Label.Outbox : null });
        ReceiveContext received = StandIn.For<ReceiveContext>(new() { ["get_InputAddress"] = _ => new Uri($"queue://simulated/{letter.Queue}") });
        return StandIn.For<ConsumeContext<T>>(new()
        {
            ["get_Message"] = _ => message,
            ["get_MessageId"] = _ => (Guid?)letter.Label.Id,
            ["get_Headers"] = _ => headers,
            ["get_ReceiveContext"] = _ => received,
            ["get_CancellationToken"] = _ => CancellationToken.None,
            ["Publish"] = args => publish((MessagesFolded)args[0]!),
        });
    }

    /// <summary>Several messages that are consumed together.</summary>
    public static ConsumeContext<Batch<T>> Together<T>(IReadOnlyList<ConsumeContext<T>> deliveries)
        where T : class
    {
        var batch = new Deliveries<T>(deliveries);
        return StandIn.For<ConsumeContext<Batch<T>>>(new()
        {
            ["get_Message"] = _ => batch,
            ["get_CancellationToken"] = _ => CancellationToken.None,
        });
    }

    private sealed class Deliveries<T>(IReadOnlyList<ConsumeContext<T>> deliveries) : Batch<T>
        where T : class
    {
        public BatchCompletionMode Mode => BatchCompletionMode.Size;

        public DateTime FirstMessageReceived => default;

        public DateTime LastMessageReceived => default;

        public int Length => deliveries.Count;

        public ConsumeContext<T> this[int index] => deliveries[index];

        public IEnumerator<ConsumeContext<T>> GetEnumerator() => deliveries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
