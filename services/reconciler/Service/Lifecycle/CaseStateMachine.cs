using MassTransit;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Lifecycle;

/// <summary>
/// The lifecycle of a case as a state machine: one state per <see cref="CaseStage"/>. The rules are in
/// <see cref="CaseLifecycle"/>; here is only what brings messages to them.
/// <para>
/// The chain of packages is not its own: it belongs to the transaction that writes the ledger (see
/// <see cref="Folding.PackageStep"/>). The saga stands on what that transaction announced, so that steward decisions,
/// which are rare and come from outside, have a place that remembers them.
/// </para>
/// </summary>
public sealed class CaseStateMachine : MassTransitStateMachine<ReleaseCase>
{
    /// <summary>Declares states and events.</summary>
    public CaseStateMachine()
    {
        InstanceState(c => c.CurrentState);
        Event(() => Changed, e => e.CorrelateById(m => IdOf(m.Message.Tuple)));
        Event(() => Decided, e => e.CorrelateById(m => IdOf(m.Message.Tuple)));
        Initially(
            When(Changed).ThenAsync(c => AdvanceAsync(c, c.Message.Tuple, CaseLifecycle.Next(c.Saga.Standing, c.Message))),
            When(Decided).ThenAsync(c => AdvanceAsync(c, c.Message.Tuple, CaseLifecycle.Next(c.Saga.Standing, c.Message))));
        DuringAny(
            When(Changed).ThenAsync(c => AdvanceAsync(c, c.Message.Tuple, CaseLifecycle.Next(c.Saga.Standing, c.Message))),
            When(Decided).ThenAsync(c => AdvanceAsync(c, c.Message.Tuple, CaseLifecycle.Next(c.Saga.Standing, c.Message))));
    }

    /// <summary>In scope, nothing to decide so far.</summary>
    public State Observing { get; private set; } = null!;

    /// <summary>Sources differ inside an allowance.</summary>
    public State Converging { get; private set; } = null!;

    /// <summary>A package waits for the steward.</summary>
    public State Prepared { get; private set; } = null!;

    /// <summary>A package is open while the evidence converges again.</summary>
    public State Revising { get; private set; } = null!;

    /// <summary>Nothing is left to decide.</summary>
    public State Closed { get; private set; } = null!;

    /// <summary>A steward has seen the open package.</summary>
    public State Acknowledged { get; private set; } = null!;

    /// <summary>Authorised writes are awaited.</summary>
    public State RepairAuthorized { get; private set; } = null!;

    /// <summary>A steward gave the open package back.</summary>
    public State Returned { get; private set; } = null!;

    /// <summary>Every authorised write was seen.</summary>
    public State Repaired { get; private set; } = null!;

    /// <summary>An authorised write came out otherwise.</summary>
    public State Diverged { get; private set; } = null!;

    /// <summary>The tuple's ledger or package changed.</summary>
    public Event<CaseChanged> Changed { get; private set; } = null!;

    /// <summary>A steward decided, or what was authorised was seen.</summary>
    public Event<StewardDecided> Decided { get; private set; } = null!;

    /// <summary>The id of a tuple's case.</summary>
    public static Guid IdOf(ImageReference tuple) => OutboxMessage.DerivedId("case", EvidenceKeys.Of(tuple));

    private async Task AdvanceAsync(BehaviorContext<ReleaseCase> context, ImageReference tuple, CaseStanding? next)
    {
        if (next is null)
        {
            return;
        }

        context.Saga.Advance(tuple, next);
        await context.TransitionToState(GetState(next.Stage.ToString()));
    }
}

/// <summary>
/// How a case takes its messages: confirmed once its state is committed, tried again where another writer was faster, and
/// held while the store is down.
/// </summary>
internal sealed class CaseDefinition : SagaDefinition<ReleaseCase>
{
    private const int MessagesAtOnce = 64;

    public CaseDefinition()
    {
        EndpointName = Queues.Cases.Name;
        Endpoint(e =>
        {
            e.PrefetchCount = MessagesAtOnce;
            e.ConfigureConsumeTopology = false;
        });
    }

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator,
        ISagaConfigurator<ReleaseCase> sagaConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.DeclaredAs(Queues.Cases);
        endpointConfigurator.UseFilter(new ConfirmCommitted(
            context.GetRequiredService<IServiceProvider>().GetRequiredKeyedService<StoreHold>(ReconcilerServices.Key)));
        // Those of one case one after the other: each would only find that the other was faster.
        IPartitioner oneAfterTheOther = endpointConfigurator.CreatePartitioner(MessagesAtOnce);
        sagaConfigurator.Message<CaseChanged>(m => m.UsePartitioner(oneAfterTheOther, c => CaseStateMachine.IdOf(c.Message.Tuple)));
        sagaConfigurator.Message<StewardDecided>(m => m.UsePartitioner(oneAfterTheOther, c => CaseStateMachine.IdOf(c.Message.Tuple)));
        endpointConfigurator.UseMessageRetry(r => r.Exponential(
            8, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50)));
    }

    private sealed class ConfirmCommitted(StoreHold hold) : IFilter<ConsumeContext>
    {
        public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            await hold.RunAsync(() => next.Send(context), context.CancellationToken);
            await context.ConfirmAsync();
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("confirmCommitted");
    }
}
