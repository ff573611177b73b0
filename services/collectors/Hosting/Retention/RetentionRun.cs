using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>
/// Lets go of the bytes of notifications that are too old, or too much, and that nothing rests on; what became of their items
/// stays. Each look is bounded, and the next one goes on where it ended. Several processes may do it at once, to the same
/// effect.
/// </summary>
internal sealed class RetentionRun(Collector collector, IEvidenceReferences references)
{
    private const int PageSize = 100;
    private const int PageLimit = 100;

    private readonly RetentionStatements _sql = RetentionStatements.For(collector.Store.Engine);
    private readonly RetentionOptions _options = collector.Options.Retention;
    private long _after;

    /// <summary>Looks at the next contents, at most 10,000.</summary>
    /// <exception cref="UnansweredException">Nobody said what is referred to; what was let go before that stays so.</exception>
    public async Task<Retained> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset before = _options.MaxAgeDays is { } days ? now.AddDays(-days) : DateTimeOffset.UnixEpoch;
        long kept = await collector.Store.ReadAsync(s => s.SingleAsync<long>(_sql.SumBytes), cancellationToken);
        var done = new Retained { KeptBytes = kept };
        for (int page = 0; page < PageLimit; page++)
        {
            bool tooMuch = done.KeptBytes > _options.MaxBytes;
            IReadOnlyList<WholeContent> contents = await collector.Store.ReadAsync(
                s => s.QueryAsync<WholeContent>(_sql.SelectWhole, new { after = _after, before, any = tooMuch ? 1 : 0, limit = PageSize }),
                cancellationToken);
            if (contents.Count == 0)
            {
                _after = 0;
                return done;
            }

            HashSet<string> free = await FreeAsync(contents, cancellationToken);
            foreach (WholeContent content in contents.Where(c => free.Contains(c.Sha256)))
            {
                if ((content.ReceivedAt < before || done.KeptBytes > _options.MaxBytes) && await ReleaseAsync(content, now, cancellationToken))
                {
                    done = done with { Released = done.Released + 1, KeptBytes = done.KeptBytes - content.BodyBytes };
                }
            }

            done = done with { Referred = done.Referred + contents.Count(c => !free.Contains(c.Sha256)) };
            _after = contents[^1].NotificationId;
        }

        return done;
    }

    private async Task<HashSet<string>> FreeAsync(IReadOnlyList<WholeContent> contents, CancellationToken cancellationToken)
    {
        // Where nothing was evidence nobody can refer to it, and the reconciler has never heard of it.
        HashSet<string> free = [.. contents.Where(c => c.Observed == 0).Select(c => c.Sha256)];
        KeptReading[] evidence = [.. contents.Where(c => c.Observed > 0).Select(c => new KeptReading(c.Sha256, c.Format, c.MappingVersion, c.Observed))];
        if (evidence.Length == 0)
        {
            return free;
        }

        try
        {
            free.UnionWith(await references.UnreferencedAsync(evidence, cancellationToken));
            return free;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnansweredException(e);
        }
    }

    private async Task<bool> ReleaseAsync(WholeContent content, DateTimeOffset now, CancellationToken cancellationToken) =>
        await collector.Store.WriteAsync(
            tx => tx.ExecuteAsync(_sql.Release, new { content.NotificationId, content.Revision, none = Array.Empty<byte>(), now }),
            cancellationToken) == 1;

    private sealed record WholeContent
    {
        public long NotificationId { get; init; }

        public long Revision { get; init; }

        public string Sha256 { get; init; } = "";

        public string Format { get; init; } = "";

        public DateTimeOffset ReceivedAt { get; init; }

        public int MappingVersion { get; init; }

        public long BodyBytes { get; init; }

        public int Observed { get; init; }
    }
}

/// <summary>What a look came to.</summary>
internal sealed record Retained
{
    /// <summary>Contents whose bytes were let go.</summary>
    public int Released { get; init; }

    /// <summary>Contents that were due, and that something rests on, or may.</summary>
    public int Referred { get; init; }

    /// <summary>Bytes of bodies that are kept.</summary>
    public long KeptBytes { get; init; }
}

/// <summary>Nobody said on which notifications something rests.</summary>
internal sealed class UnansweredException(Exception cause) : Exception($"the reconciler did not answer ({cause.GetType().Name})", cause);
