using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>The outbox on every engine: at least once, in order per key, never without its state.</summary>
public abstract class OutboxContract<TEngine> : IAsyncLifetime
    where TEngine : StoreUnderTest, new()
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordingPublisher _transport = new();

    private TEngine Engine { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task A_message_leaves_with_its_state_or_not_at_all()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: false);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Engine.Store.WriteAsync(
            async tx =>
            {
                await outbox.EnqueueAsync(tx, [Message(1)]);
                throw new InvalidOperationException("no");
            },
            Ct));
        Assert.Equal(0, await dispatcher.DispatchOnceAsync(Ct));

        await EnqueueAsync(outbox, Message(2));
        Assert.Equal(1, await dispatcher.DispatchOnceAsync(Ct));
        Assert.Equal(0, (await outbox.BacklogAsync(Ct)).Messages);
        Assert.Equal(["m2"], _transport.Payloads);
    }

    [Fact]
    public async Task What_was_not_published_is_published_after_a_restart()
    {
        (Outbox outbox, _) = Open(confirmed: false);
        await EnqueueAsync(outbox, Message(1), Message(2));
        await Engine.RestartAsync();
        (outbox, OutboxDispatcher dispatcher) = Open(confirmed: false);
        Assert.Equal(2, (await outbox.BacklogAsync(Ct)).Messages);
        await dispatcher.DispatchOnceAsync(Ct);
        Assert.Equal(["m1", "m2"], _transport.Payloads.Order());
    }

    [Fact]
    public async Task Messages_of_a_key_wait_for_the_one_that_fails_and_others_do_not()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: false);
        _transport.Refuse = "m1";
        await EnqueueAsync(outbox, Message(1, "k"), Message(2, "k"), Message(3, "other") with { Destination = "elsewhere" }, Message(4) with { Destination = null });
        await dispatcher.DispatchOnceAsync(Ct);
        Assert.Equal(["m3", "m4"], _transport.Payloads.Order());

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await EnqueueAsync(outbox, Message(5, "k"));
        Assert.Equal(0, await dispatcher.DispatchOnceAsync(Ct));

        _transport.Refuse = null;
        _transport.Clear();
        _clock.Advance(TimeSpan.FromMinutes(2));
        await dispatcher.DispatchOnceAsync(Ct);
        Assert.Equal(["m1", "m2", "m5"], _transport.Payloads);
    }

    [Fact]
    public async Task What_failed_together_with_much_else_is_not_tried_again_in_one_instant()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: false);
        _transport.IsDown = true;
        await EnqueueAsync(outbox, [.. Enumerable.Range(1, 70).Select(i => Message(i))]);
        while (await dispatcher.DispatchOnceAsync(Ct) > 0)
        {
        }

        IReadOnlyList<DateTimeOffset> due = await Engine.Store.ReadAsync(s => s.QueryAsync<DateTimeOffset>("select due_at from outbox"), Ct);
        DateTimeOffset now = _clock.GetUtcNow();
        Assert.Equal(70, due.Count);
        Assert.All(due, at => Assert.InRange(at, now + (outbox.Options.RetryAfter / 2), now + outbox.Options.RetryAfter));
        Assert.True(due.Distinct().Count() > 5, "ten batches wait for the same instants");
    }

    [Fact]
    public async Task A_message_that_its_consumer_has_to_confirm_is_sent_again_until_it_does()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: true);
        await EnqueueAsync(outbox, Message(1), Message(2) with { Destination = null });
        await dispatcher.DispatchOnceAsync(Ct);
        Assert.Equal(1, (await outbox.BacklogAsync(Ct)).Messages);
        Assert.Equal(0, await dispatcher.DispatchOnceAsync(Ct));

        _clock.Advance(TimeSpan.FromSeconds(31));
        await dispatcher.DispatchOnceAsync(Ct);
        Assert.Equal(2, _transport.Payloads.Count(p => p == "m1"));

        Assert.Equal(1, await outbox.ConfirmAsync([Message(1).Id, Message(1).Id], Ct));
        Assert.Equal(0, await outbox.ConfirmAsync([Message(1).Id, Message(9).Id], Ct));
        Assert.Equal(0, (await outbox.BacklogAsync(Ct)).Messages);
    }

    [Fact]
    public async Task A_restart_sends_the_unconfirmed_again_at_once()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: true);
        await EnqueueAsync(outbox, Message(1));
        await dispatcher.DispatchOnceAsync(Ct);
        await Engine.RestartAsync();
        if (Engine.Store.IsShared)
        {
            // Another process may be waiting for the confirmation: only the time that it has for that counts.
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        (outbox, dispatcher) = Open(confirmed: true);
        await dispatcher.StartAsync(Ct);
        await _transport.WaitForAsync(2, Ct);
        await dispatcher.StopAsync(Ct);
        Assert.Equal(["m1", "m1"], _transport.Payloads);
        Assert.Equal(1, (await outbox.BacklogAsync(Ct)).Messages);
    }

    [Fact]
    public async Task Unconfirmed_messages_are_bounded()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: true);
        await EnqueueAsync(outbox, [.. Enumerable.Range(1, 40).Select(i => Message(i))]);
        while (await dispatcher.DispatchOnceAsync(Ct) > 0)
        {
        }

        Assert.Equal(10, _transport.Payloads.Count);
        await outbox.ConfirmAsync([Message(1).Id, Message(2).Id], Ct);
        Assert.Equal(2, await dispatcher.DispatchOnceAsync(Ct));
    }

    [Fact]
    public async Task The_same_id_waits_once()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: false);
        await EnqueueAsync(outbox, Message(1));
        await EnqueueAsync(outbox, Message(1));
        Assert.Equal(1, await dispatcher.DispatchOnceAsync(Ct));
    }

    [Fact]
    public async Task The_running_dispatcher_is_woken_by_a_commit()
    {
        (Outbox outbox, OutboxDispatcher dispatcher) = Open(confirmed: false);
        await dispatcher.StartAsync(Ct);
        await EnqueueAsync(outbox, Message(1));
        await _transport.WaitForAsync(1, Ct);
        await EnqueueAsync(outbox, Message(2));
        await _transport.WaitForAsync(2, Ct);
        await dispatcher.StopAsync(Ct);
        Assert.Equal(0, (await outbox.BacklogAsync(Ct)).Messages);
    }

    [Fact]
    public async Task An_inbox_knows_what_it_has_processed_per_consumer()
    {
        var inbox = new Inbox("fold");
        DateTimeOffset now = _clock.GetUtcNow();
        Guid[] ids = [Message(1).Id, Message(2).Id, Message(1).Id];
        Assert.Equal(2, (await Engine.Store.WriteAsync(tx => inbox.RecordAsync(tx, ids, now), Ct)).Count);
        await Engine.RestartAsync();
        Assert.False(await Engine.Store.WriteAsync(tx => inbox.TryRecordAsync(tx, ids[0], now), Ct));
        Assert.True(await Engine.Store.WriteAsync(tx => new Inbox("other").TryRecordAsync(tx, ids[0], now), Ct));
        Assert.Equal(2, await Engine.Store.WriteAsync(tx => inbox.PurgeAsync(tx, now.AddTicks(1)), Ct));
        Assert.True(await Engine.Store.WriteAsync(tx => inbox.TryRecordAsync(tx, ids[0], now), Ct));
    }

    private (Outbox Outbox, OutboxDispatcher Dispatcher) Open(bool confirmed)
    {
        var outbox = new Outbox(
            Engine.Store,
            new OutboxOptions { Name = "test", UnconfirmedLimit = 10, BatchLimit = 7 },
            _clock);
        _transport.IsDurable = !confirmed;
        return (outbox, new OutboxDispatcher(outbox, _transport, NullLogger<OutboxDispatcher>.Instance));
    }

    private Task EnqueueAsync(Outbox outbox, params OutboxMessage[] messages) =>
        Engine.Store.WriteAsync(tx => outbox.EnqueueAsync(tx, messages), Ct);

    private static OutboxMessage Message(int i, string? key = null) => new()
    {
        Id = OutboxMessage.DerivedId("test", $"{i}"),
        Type = "test",
        Payload = Encoding.UTF8.GetBytes($"m{i}"),
        Destination = "queue",
        OrderKey = key,
    };

    private sealed class RecordingPublisher : IOutboxPublisher
    {
        private readonly ConcurrentQueue<string> _payloads = new();

        public string? Refuse { get; set; }

        public bool IsDown { get; set; }

        public IReadOnlyList<string> Payloads => [.. _payloads];

        public void Clear() => _payloads.Clear();

        public bool IsDurable { get; set; }

        public Task ReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PublishAsync(OutboxParcel parcel, CancellationToken cancellationToken)
        {
            if (IsDown || parcel.Messages.Any(m => Encoding.UTF8.GetString(m.Payload) == Refuse))
            {
                throw new IOException("the transport is down");
            }

            parcel.Messages.ToList().ForEach(m => _payloads.Enqueue(Encoding.UTF8.GetString(m.Payload)));
            return Task.CompletedTask;
        }

        public async Task WaitForAsync(int count, CancellationToken ct)
        {
            for (int i = 0; _payloads.Count < count; i++)
            {
                Assert.True(i < 1000, $"{_payloads.Count} of {count} messages arrived");
                await Task.Delay(10, ct);
            }
        }
    }
}
