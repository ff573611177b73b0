using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;

/// <summary>
/// How far each source instance has been read, on disk. Of several processes one asks a source at a time: it holds a claim,
/// which ends by itself where the process is gone, and whoever lost it writes nothing more. Safe for concurrent use.
/// </summary>
internal sealed class WatermarkLog(IStore store)
{
    /// <summary>How long a process may be silent before another takes over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly WatermarkStatements _sql = WatermarkStatements.For(store.Engine);

    /// <summary>Knows a source from now on, and asks it soon.</summary>
    /// <param name="name">As configured.</param>
    /// <param name="asked">API and address; another one than known starts from the beginning.</param>
    /// <param name="at">When to ask.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task OpenAsync(string name, string asked, DateTimeOffset at, CancellationToken cancellationToken) => store.WriteAsync(
        async tx =>
        {
            await tx.ExecuteAsync(_sql.AddSource, new { name, asked, at });
            if (await tx.ExecuteAsync(_sql.StartAnew, new { name, asked }) > 0)
            {
                await tx.ExecuteAsync(_sql.ForgetSeen, new { name });
            }

            if (!store.IsShared)
            {
                // Whoever holds a claim is gone: there is one process.
                await tx.ExecuteAsync(_sql.Unclaim, new { name });
            }

            await tx.ExecuteAsync(_sql.Request, new { name, at, insists = true });
        },
        cancellationToken);

    /// <summary>Where a source stands; null where it was never known.</summary>
    public Task<WatermarkRow?> FindAsync(string name, CancellationToken cancellationToken) =>
        store.ReadAsync(s => s.SingleOrDefaultAsync<WatermarkRow>(_sql.Find, new { name }), cancellationToken);

    /// <summary>Asks soon; a source that is being asked is asked once more afterwards.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="name">As configured.</param>
    /// <param name="targets">What to ask for by name.</param>
    /// <param name="at">Now.</param>
    /// <param name="insists">Whether a person asks, who knows better than a pause of ours.</param>
    public async Task RequestAsync(
        StoreTransaction transaction, string name, IReadOnlyCollection<string> targets, DateTimeOffset at, bool insists)
    {
        WishRow[] wishes =
        [
            .. targets.Where(t => t.Length is > 0 and <= WatermarkStatements.LongestTarget).Distinct(StringComparer.Ordinal)
                .Select(t => new WishRow(name, t, at)),
        ];
        await transaction.ExecuteRowsAsync(
            _sql.AddWishes, WatermarkStatements.WishRows, wishes, new SharedValue("limit", WatermarkStatements.WishLimit));
        await transaction.ExecuteAsync(_sql.Request, new { name, at, insists });
    }

    /// <summary>Takes the claim of a source that is due; null where it isn't, or another process has it.</summary>
    public Task<Claim?> ClaimAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync(
        async tx =>
        {
            var claim = new Claim(name, Guid.NewGuid(), now);
            int taken = await tx.ExecuteAsync(_sql.Claim, new { name, now, until = now + Lease, claim = claim.Id });
            return taken == 1 ? claim : null;
        },
        cancellationToken);

    /// <summary>What to ask.</summary>
    public Task<SourceQuestion> QuestionAsync(Claim claim, CancellationToken cancellationToken) => store.ReadAsync(
        async s => new SourceQuestion
        {
            Watermark = (await s.SingleAsync<WatermarkRow>(_sql.Find, new { name = claim.Name })).Watermark,
            Targets = await s.QueryAsync<string>(_sql.SelectWishes, new { name = claim.Name, startedAt = claim.StartedAt }),
            Seen = (await s.QueryAsync<Seen>(_sql.SelectSeen, new { name = claim.Name })).ToDictionary(r => r.Target, r => r.State, StringComparer.Ordinal),
        },
        cancellationToken);

    /// <summary>Records a part of an answer; false where another process has taken over.</summary>
    public async Task<bool> ProceedAsync(StoreTransaction transaction, Claim claim, SourcePage page, DateTimeOffset heard, DateTimeOffset now)
    {
        SeenRow[] seen =
        [
            .. page.Seen.Where(s => s.Key.Length <= WatermarkStatements.LongestTarget).Select(s => new SeenRow(claim.Name, s.Key, s.Value)),
        ];
        await transaction.ExecuteRowsAsync(_sql.AddSeen, WatermarkStatements.SeenRows, [.. seen.Where(s => s.State is not null)]);
        await transaction.ExecuteRowsAsync(_sql.EndSeen, WatermarkStatements.SeenRows, [.. seen.Where(s => s.State is null)]);
        return await transaction.ExecuteAsync(
            _sql.Proceed,
            new { watermark = page.Watermark, behind = page.Behind, heard, until = now + Lease, name = claim.Name, claim = claim.Id }) == 1;
    }

    /// <summary>The answer was complete: what the source had when it was asked is here.</summary>
    public Task SucceedAsync(Claim claim, DateTimeOffset heard, DateTimeOffset now, DateTimeOffset due) => store.WriteAsync(
        async tx =>
        {
            if (await tx.ExecuteAsync(_sql.Succeed, new { name = claim.Name, claim = claim.Id, startedAt = claim.StartedAt, heard, now, due }) == 1)
            {
                await tx.ExecuteAsync(_sql.EndWishes, new { name = claim.Name, startedAt = claim.StartedAt });
            }
        },
        CancellationToken.None);

    /// <summary>The source did not answer to the end.</summary>
    public Task FailAsync(Claim claim, string trouble, string detail, DateTimeOffset now, DateTimeOffset due) => store.WriteAsync(
        tx => tx.ExecuteAsync(_sql.Fail, new { name = claim.Name, claim = claim.Id, trouble, detail, now, due }), CancellationToken.None);

    /// <summary>The process stops; another may ask.</summary>
    public Task ReleaseAsync(Claim claim) => store.WriteAsync(
        tx => tx.ExecuteAsync(_sql.Release, new { name = claim.Name, claim = claim.Id }), CancellationToken.None);

    /// <summary>
    /// Somebody else spoke of things that can go back to what they were: what the source says of them next is news, even
    /// if it is what it said before.
    /// </summary>
    public Task UnseeAsync(StoreTransaction transaction, string name, IEnumerable<string> targets) => transaction.ExecuteRowsAsync(
        _sql.AddSeen,
        WatermarkStatements.SeenRows,
        [.. targets.Where(t => t.Length <= WatermarkStatements.LongestTarget).Distinct(StringComparer.Ordinal).Select(t => new SeenRow(name, t, ""))]);

    private sealed record Seen
    {
        public string Target { get; init; } = "";

        public string State { get; init; } = "";
    }
}

/// <summary>The right to ask a source now.</summary>
/// <param name="Name">Of the source, as configured.</param>
/// <param name="Id">Of the claim.</param>
/// <param name="StartedAt">When asking began.</param>
internal sealed record Claim(string Name, Guid Id, DateTimeOffset StartedAt);
