using System.Collections.Concurrent;
using System.Net.Http.Json;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Reconciling.Lifecycle;
using ReleaseIntegrity.Reconciling.Lifecycle.Storing;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>The whole service on the embedded bus, stopped between its commit and its publishing, and started again.</summary>
public sealed class When_the_process_dies : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-reconciler-");
    private readonly ConcurrentQueue<object> _received = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_committed_and_not_published_is_published_by_the_next_one()
    {
        var first = new Gate { Closed = true };
        await using (WebApplication app = await StartAsync(first))
        {
            await SendAsync(app);
            await UntilAsync(async () => (await BacklogAsync(app)) > 0);
            await app.StopAsync(Ct);
        }

        Assert.Empty(_received);
        await using WebApplication next = await StartAsync(new Gate());
        await UntilAsync(() => Task.FromResult(_received.OfType<CorrectionPackagePrepared>().Any()));

        // Sent again as after a lost confirmation: known, confirmed, and nothing comes of it.
        await SendAsync(next);
        await UntilAsync(async () => await BacklogAsync(next) == 0);
        Assert.Single(_received.OfType<CorrectionPackagePrepared>());
        ReleaseCase? standing = await new SagaRows<ReleaseCase>(next.Services.GetRequiredKeyedService<IStore>(ReconcilerServices.Key))
            .LoadAsync(CaseStateMachine.IdOf(Say.Tuple), Ct);
        Assert.Equal(CaseStage.Prepared, standing!.Standing!.Stage);

        using HttpClient client = next.GetTestClient();
        Dictionary<string, long>? counts = await client.GetFromJsonAsync<Dictionary<string, long>>("/items/counts", Ct);
        Assert.Equal(4, counts!["applied"]);
        string outcomes = await client.GetStringAsync(new Uri($"/items/outcomes?notification={Say.Scenario[0].Lineage.NotificationSha256}", UriKind.Relative), Ct);
        Assert.Contains("\"outcome\":\"applied\"", outcomes, StringComparison.Ordinal);
        await next.StopAsync(Ct);
    }

    private async Task<WebApplication> StartAsync(Gate gate)
    {
        // The bus keeps its log per flow of execution: the next process must not write to the log of the last.
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddReconciler(o => o.Store.DataFolder = _folder.FullName);
        builder.Services.AddBus(new BusOptions(), bus =>
        {
            bus.AddReconcilerConsumers();
            bus.AddConsumer<Reader, ReaderDefinition>();
        });
        builder.Services.AddSingleton(_received);
        ServiceDescriptor publisher = builder.Services.Last(s => s.ServiceType == typeof(IOutboxPublisher));
        builder.Services.Remove(publisher);
        builder.Services.AddSingleton<IOutboxPublisher>(provider =>
        {
            gate.Inner = (IOutboxPublisher)ActivatorUtilities.CreateInstance(provider, publisher.ImplementationType!);
            return gate;
        });
        WebApplication app = builder.Build();
        app.MapReconciler();
        await app.StartAsync(Ct);
        return app;
    }

    private static Task SendAsync(WebApplication app) => app.Services.GetRequiredService<IMessageTransport>().SendAsync(
        Queues.Observations(0),
        new Parcel("sent", [.. Say.Scenario.Select(o => new ParcelItem(
            OutboxMessage.DerivedId("sent", o.Lineage.NotificationSha256),
            MessageTypes.NameOf<ObservationsNormalised>(),
            MessageTypes.Serialise(new ObservationsNormalised(o.Lineage.NotificationSha256, o.Record.Source, o.Lineage.Format, [o]))))]),
        new MessageLabel(Guid.NewGuid()),
        Ct);

    private static async Task<long> BacklogAsync(WebApplication app) =>
        (await app.Services.GetRequiredService<Outbox>().BacklogAsync(Ct)).Messages;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 1000, "it did not come to it");
            await Task.Delay(20, Ct);
        }
    }

    private sealed class Gate : IOutboxPublisher
    {
        public bool Closed { get; init; }

        public IOutboxPublisher? Inner { get; set; }

        public bool IsDurable => Inner!.IsDurable;

        public Task ReadyAsync(CancellationToken cancellationToken) => Inner!.ReadyAsync(cancellationToken);

        public Task PublishAsync(OutboxParcel parcel, CancellationToken cancellationToken) => Closed
            ? throw new IOException("the process dies before it publishes")
            : Inner!.PublishAsync(parcel, cancellationToken);
    }

    /// <summary>What the handoff does: takes and confirms.</summary>
    private sealed class Reader(ConcurrentQueue<object> received) : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context)
        {
            foreach (ParcelItem item in context.Message.Items)
            {
                received.Enqueue(MessageTypes.Deserialise(item.Type, item.Body));
            }

            return context.ConfirmAsync([.. context.Message.Items.Select(i => i.Id)]);
        }
    }

    private sealed class ReaderDefinition : ConsumerDefinition<Reader>
    {
        public ReaderDefinition() => EndpointName = Queues.HandoffFeed.Name;
    }
}
