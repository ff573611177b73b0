using System.Collections.Concurrent;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>
/// Eight writers on fifty tuples, each with a store of its own as a process has it: half of them hold the tuple's lock,
/// half of them go by its revision. No change is lost, and each leaves exactly one message.
/// </summary>
public abstract class StressContract<TEngine> : IAsyncLifetime
    where TEngine : StoreUnderTest, new()
{
    private const int Writers = 8;
    private const int Tuples = 50;
    private const int RoundsEach = 40;
    private const int TuplesPerWrite = 5;

    private TEngine Engine { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task Writers_that_meet_on_the_same_tuples_lose_nothing()
    {
        await Engine.Store.WriteAsync(
            tx => tx.ExecuteRowsAsync(
                ThingStatements.For(tx.Engine).Insert,
                ThingStatements.Shape,
                [.. Enumerable.Range(0, Tuples).Select(i => new Thing { Id = Id(i), Name = $"tuple {i}" })]),
            Ct);
        IStore[] stores = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Engine.OpenAnotherAsync()));
        var done = new ConcurrentBag<int>();
        await Task.WhenAll(stores.Select((store, writer) => Task.Run(() => WriteAsync(store, writer, done), Ct)));

        IReadOnlyList<Thing> things = await Engine.Store.ReadAsync(s => s.QueryAsync<Thing>("select id, number from thing"), Ct);
        Assert.Equal(Writers * RoundsEach * TuplesPerWrite, things.Sum(t => t.Number));
        Assert.All(things, t => Assert.Equal(done.Count(i => Id(i) == t.Id), t.Number));
        Assert.Equal(Writers * RoundsEach, await Engine.Store.ReadAsync(s => s.SingleAsync<long>("select count(*) from outbox"), Ct));
        foreach (IStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    private static async Task WriteAsync(IStore store, int writer, ConcurrentBag<int> done)
    {
        var outbox = new Outbox(store, new OutboxOptions { Name = "stress" }, TimeProvider.System);
        var inbox = new Inbox("stress");
        var random = new Random(writer);
        for (int round = 0; round < RoundsEach; round++)
        {
            int[] tuples = [.. Enumerable.Range(0, Tuples).OrderBy(_ => random.Next()).Take(TuplesPerWrite)];
            var message = new Guid(writer, (short)round, 1, new byte[8]);
            while (!await TryAsync(store, outbox, inbox, tuples, message, locks: writer % 2 == 0))
            {
            }

            Array.ForEach(tuples, done.Add);
        }
    }

    private static async Task<bool> TryAsync(IStore store, Outbox outbox, Inbox inbox, int[] tuples, Guid message, bool locks)
    {
        try
        {
            await store.WriteAsync(
                async tx =>
                {
                    if (locks)
                    {
                        await tx.LockAsync([.. tuples.Select(i => $"tuple/{i}")]);
                    }

                    Assert.True(await inbox.TryRecordAsync(tx, message, DateTimeOffset.UtcNow));
                    foreach (int tuple in tuples)
                    {
                        long number = await tx.SingleAsync<long>("select number from thing where id = @id", new { id = Id(tuple) });
                        int changed = await tx.ExecuteAsync(
                            "update thing set number = number + 1 where id = @id and number = @number", new { id = Id(tuple), number });
                        if (changed == 0)
                        {
                            throw new StaleException();
                        }
                    }

                    await outbox.EnqueueAsync(tx, [new OutboxMessage { Id = message, Type = "t", Payload = "{}"u8.ToArray() }]);
                },
                Ct);
            return true;
        }
        catch (Exception e) when (e is StaleException || store.IsTransient(e))
        {
            return false;
        }
    }

    private static Guid Id(int number) => new(number, 7, 0, new byte[8]);

    private sealed class StaleException : Exception;
}
