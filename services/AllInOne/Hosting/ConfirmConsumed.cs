using MassTransit;
using ReleaseIntegrity.Messaging;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>
/// Tells a message's outbox that it was consumed, once its consumer has returned and so committed. Consumers that confirm
/// by themselves need it not.
/// </summary>
internal sealed class ConfirmConsumed<T> : IFilter<ConsumeContext<T>>
    where T : class
{
    /// <inheritdoc/>
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        await next.Send(context);
        await context.ConfirmAsync();
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("confirm-consumed");
}
