using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;

/// <summary>The SQL of watermarks and of what was seen and wished for, per engine.</summary>
internal sealed record WatermarkStatements
{
    /// <summary>Targets are keys: what is longer is not kept apart, and read by the full answer alone.</summary>
    public const int LongestTarget = 330;

    /// <summary>Wishes of one source that wait at once; what exceeds them is left to the full answer.</summary>
    public const int WishLimit = 10_000;

    /// <summary>What a source said of a thing; no state: nothing any more.</summary>
    public static RowShape<SeenRow> SeenRows { get; } = RowShape.Of<SeenRow>("seen_row")
        .Text("name", 100, r => r.Name)
        .Text("target", LongestTarget, r => r.Target)
        .Text("state", r => r.State);

    /// <summary>What a hint named.</summary>
    public static RowShape<WishRow> WishRows { get; } = RowShape.Of<WishRow>("wish_row")
        .Text("name", 100, r => r.Name)
        .Text("target", LongestTarget, r => r.Target)
        .Instant("asked_at", r => r.AskedAt);

    public required string AddSource { get; init; }

    public required string AddSeen { get; init; }

    public required string AddWishes { get; init; }

    public required string EndSeen { get; init; }

    /// <summary>Another API or address: what was known of the source is another's.</summary>
    public string StartAnew { get; } = "update resync set asked = @asked, watermark = null, behind = null where name = @name and asked <> @asked";

    public string ForgetSeen { get; } = "delete from resync_seen where name = @name";

    /// <summary>
    /// Asks soon, and once more where it is being asked. A source in trouble is left alone as long as it was to be: only a
    /// start or a person is sooner, and nobody where it asked for a pause itself.
    /// </summary>
    public string Request { get; } = """
        update resync set requested_at = @at,
          due_at = case when due_at > @at and (trouble is null or (@insists = 1 and trouble <> 'rate-limited')) then @at else due_at end
        where name = @name
        """;

    public string Find { get; } = $"select {Columns} from resync where name = @name";

    public string Claim { get; } = """
        update resync set claimed_until = @until, claimed_by = @claim, started_at = @now
        where name = @name and due_at <= @now and (claimed_until is null or claimed_until <= @now)
        """;

    /// <summary>A part of the answer is on disk; no row where another process has taken over.</summary>
    public string Proceed { get; } = """
        update resync set watermark = coalesce(@watermark, watermark), behind = coalesce(@behind, behind), heard_at = @heard, claimed_until = @until
        where name = @name and claimed_by = @claim
        """;

    public string Succeed { get; } = """
        update resync set succeeded_at = @startedAt, heard_at = @heard, trouble = null, detail = null, failed_at = null, failures = 0,
          claimed_until = null, claimed_by = null, due_at = case when requested_at > @startedAt then @now else @due end
        where name = @name and claimed_by = @claim
        """;

    public string Fail { get; } = """
        update resync set trouble = @trouble, detail = @detail, failed_at = @now, failures = failures + 1,
          claimed_until = null, claimed_by = null, due_at = @due
        where name = @name and claimed_by = @claim
        """;

    /// <summary>Left as it was when the process stops.</summary>
    public string Release { get; } = "update resync set claimed_until = null, claimed_by = null where name = @name and claimed_by = @claim";

    public string Unclaim { get; } = "update resync set claimed_until = null, claimed_by = null where name = @name";

    public string SelectSeen { get; } = "select target, state from resync_seen where name = @name";

    public string SelectWishes { get; } = "select target from resync_wish where name = @name and asked_at <= @startedAt order by target";

    public string EndWishes { get; } = "delete from resync_wish where name = @name and asked_at <= @startedAt";

    public static WatermarkStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private const string Columns =
        "name, watermark, behind, due_at, requested_at, claimed_until, started_at, heard_at, succeeded_at, failed_at, trouble, detail, failures";

    private static readonly WatermarkStatements Sqlite = new()
    {
        AddSource = "insert into resync (name, asked, due_at) values (@name, @asked, @at) on conflict do nothing",
        AddSeen = """
            insert into resync_seen (name, target, state) values (@name, @target, @state)
            on conflict (name, target) do update set state = excluded.state
            """,
        EndSeen = "delete from resync_seen where name = @name and target = @target",
        AddWishes = """
            insert into resync_wish (name, target, asked_at)
            select @name, @target, @asked_at
            where (select count(*) from resync_wish where name = @name) < @limit
            on conflict (name, target) do update set asked_at = excluded.asked_at
            """,
    };

    private static readonly WatermarkStatements SqlServer = new()
    {
        AddSource = """
            insert into resync (name, asked, due_at)
            select @name, @asked, @at where not exists (select 1 from resync where name = @name)
            """,
        AddSeen = """
            update resync_seen set state = r.state from @rows r where r.name = resync_seen.name and r.target = resync_seen.target;
            insert into resync_seen (name, target, state)
            select r.name, r.target, r.state from @rows r
            where not exists (select 1 from resync_seen s where s.name = r.name and s.target = r.target);
            """,
        EndSeen = "delete s from @rows r join resync_seen s on s.name = r.name and s.target = r.target",
        AddWishes = """
            update resync_wish set asked_at = r.asked_at from @rows r where r.name = resync_wish.name and r.target = resync_wish.target;
            insert into resync_wish (name, target, asked_at)
            select r.name, r.target, r.asked_at from @rows r
            where not exists (select 1 from resync_wish w where w.name = r.name and w.target = r.target)
              and (select count(*) from resync_wish w where w.name = r.name) < @limit;
            """,
    };
}

/// <summary>What a source said last of a thing.</summary>
internal sealed record SeenRow(string Name, string Target, string? State);

/// <summary>A thing to be asked for by name.</summary>
internal sealed record WishRow(string Name, string Target, DateTimeOffset AskedAt);
