using System.Globalization;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>Many rows, or many keys, in one statement: the same on every engine.</summary>
public abstract class BatchContract<TEngine> : IAsyncLifetime
    where TEngine : StoreUnderTest, new()
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);

    private TEngine Engine { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task Every_value_of_every_row_comes_back_as_it_was()
    {
        Thing[] things =
        [
            Make(1) with { Note = "🔏 ünï ", Small = int.MinValue, Flag = true, Body = [0, 1, 255] },
            Make(2) with { Number = long.MaxValue, At = DateTimeOffset.MaxValue },
            Make(3) with { Note = new string('x', 70_000), Body = new byte[70_000] },
        ];
        Assert.Equal(3, await InsertAsync(things));
        IReadOnlyList<Thing> stored = await Engine.Store.ReadAsync(
            s => s.QueryAsync<Thing>("select id, name, note, number, small, flag, at, body from thing order by name"), Ct);
        Assert.Equivalent(things, stored, strict: true);
    }

    [Fact]
    public async Task A_batch_says_which_rows_were_new()
    {
        await InsertAsync([Make(1), Make(2)]);
        IReadOnlyList<Guid> fresh = await Engine.Store.WriteAsync(
            tx => tx.QueryRowsAsync<Thing, Guid>(
                ThingStatements.For(Engine.Store.Engine).InsertNew, ThingStatements.Shape,
                [Make(1), Make(3), Make(2), Make(4)], ("now", Noon)),
            Ct);
        Assert.Equal([Make(3).Id, Make(4).Id], fresh.Order());
    }

    [Fact]
    public async Task A_batch_of_nothing_changes_nothing()
    {
        Assert.Equal(0, await InsertAsync([]));
        Assert.Empty(await Engine.Store.ReadAsync(s => s.QueryAsync<string>(Find("name"), new { keys = s.Keys(Array.Empty<string>()) }), Ct));
    }

    [Fact]
    public async Task A_row_that_breaks_a_constraint_undoes_the_batch_with_its_write()
    {
        Exception e = (await Record.ExceptionAsync(() => InsertAsync([Make(1), Make(2), Make(2)])))!;
        Assert.True(Engine.Store.IsUniqueViolation(e));
        Assert.Equal(0, await Engine.Store.ReadAsync(s => s.SingleAsync<long>("select count(*) from thing"), Ct));
    }

    [Fact]
    public async Task A_text_that_is_longer_than_its_column_is_refused_and_not_cut()
    {
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => InsertAsync([Make(1) with { Name = new string('n', 101) }]));
        Assert.DoesNotContain("nnn", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_found_by_the_thousand_and_each_counts_once()
    {
        await InsertAsync([.. Enumerable.Range(1, 3000).Select(Make)]);
        string[] names = [.. Enumerable.Range(0, 2500).SelectMany(i => new[] { Name(2 * i), Name(2 * i) })];
        (int byName, int byId, int byNumber) = await Engine.Store.ReadAsync(
            async s => (
                (await s.QueryAsync<string>(Find("name"), new { keys = s.Keys(names) })).Count,
                (await s.QueryAsync<string>(Find("id"), new { keys = s.Keys(Enumerable.Range(2999, 10).Select(i => Make(i).Id)) })).Count,
                (await s.QueryAsync<string>(Find("number"), new { keys = s.Keys([3L, 3L, 4L, -1L]) })).Count),
            Ct);
        Assert.Equal((1500, 2, 2), (byName, byId, byNumber));
    }

    [Fact]
    public async Task Keys_are_compared_letter_by_letter()
    {
        await InsertAsync([Make(1) with { Name = "Straße" }, Make(2) with { Name = "strasse" }]);
        Assert.Equal(
            ["strasse"],
            await Engine.Store.ReadAsync(s => s.QueryAsync<string>(Find("name"), new { keys = s.Keys(["strasse", "STRASSE", "strasse"]) }), Ct));
    }

    [Fact]
    public async Task What_is_read_under_a_lock_stays_until_the_transaction_ends()
    {
        await InsertAsync([Make(1) with { Number = 0 }]);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Engine.Store.WriteAsync(
            async tx =>
            {
                await tx.LockAsync(i % 2 == 0 ? ["thing/a", "thing/b", "thing/b"] : ["thing/b", "thing/a"]);
                long number = await tx.SingleAsync<long>("select number from thing");
                await Task.Yield();
                await tx.ExecuteAsync("update thing set number = @next", new { next = number + 1 });
            },
            Ct)));
        Assert.Equal(50, await Engine.Store.ReadAsync(s => s.SingleAsync<long>("select number from thing"), Ct));
    }

    private Task<int> InsertAsync(IReadOnlyCollection<Thing> things) => Engine.Store.WriteAsync(
        tx => tx.ExecuteRowsAsync(ThingStatements.For(Engine.Store.Engine).Insert, ThingStatements.Shape, things), Ct);

    private string Find(string column) =>
        $"select name from thing where {column} in (select value from {StoreSnapshot.KeysIn(Engine.Store.Engine, "keys")})";

    private static string Name(int number) => "thing " + number.ToString("D5", CultureInfo.InvariantCulture);

    private static Thing Make(int number) => new()
    {
        Id = new Guid(number, 0, 0, new byte[8]),
        Name = Name(number),
        Number = number,
        At = Noon.AddTicks(number),
    };
}

internal sealed record Thing
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string? Note { get; init; }

    public long Number { get; init; }

    public int? Small { get; init; }

    public bool Flag { get; init; }

    public DateTimeOffset At { get; init; }

    public byte[]? Body { get; init; }
}

/// <summary>The suite's own statements, per engine.</summary>
internal sealed record ThingStatements(string Insert, string InsertNew)
{
    public static RowShape<Thing> Shape { get; } = RowShape.Of<Thing>("thing_row")
        .Id("id", t => t.Id)
        .Text("name", 100, t => t.Name)
        .Text("note", t => t.Note)
        .Long("number", t => t.Number)
        .Int("small", t => t.Small)
        .Flag("flag", t => t.Flag)
        .Instant("at", t => t.At)
        .Bytes("body", t => t.Body);

    public static ThingStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly ThingStatements Sqlite = new(
        """
        insert into thing (id, name, note, number, small, flag, at, body)
        values (@id, @name, @note, @number, @small, @flag, @at, @body)
        """,
        """
        insert into thing (id, name, number, flag, at) values (@id, @name, @number, @flag, @now)
        on conflict do nothing
        returning id
        """);

    private static readonly ThingStatements SqlServer = new(
        """
        insert into thing (id, name, note, number, small, flag, at, body)
        select id, name, note, number, small, flag, at, body from @rows
        """,
        """
        insert into thing (id, name, number, flag, at)
        output inserted.id
        select r.id, r.name, r.number, r.flag, @now from @rows r
        where not exists (select 1 from thing t where t.id = r.id)
        """);
}
