using MassTransit;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Moves a message that no consumer of its queue knows to the error queue, with the fault in its headers, when it comes
/// for the first time. MassTransit's own way of failing on it gives it back to the queue, again and again, until the
/// broker moves it without a reason.
/// </summary>
internal sealed class ForeignMessages : IFilter<ReceiveContext>
{
    /// <inheritdoc/>
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (!context.TryGetPayload(out IErrorTransport? errors))
        {
            throw new MessageNotConsumedException(context.InputAddress, "a message that nobody here knows, and no error queue");
        }

        var foreign = new MessageNotConsumedException(context.InputAddress, "no consumer of this queue knows the message's type");
        await errors.Send(new RescueExceptionReceiveContext(context, foreign));
        await next.Send(context);
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("foreign");
}
