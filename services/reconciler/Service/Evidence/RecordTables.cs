using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>Observations, and the records that they join into.</summary>
internal sealed class RecordTables(Policy policy)
{
    /// <summary>All observations of a record.</summary>
    public static async Task<IReadOnlyList<StoredObservation>> ObservationsAsync(StoreSnapshot snapshot, string recordKey) =>
        await snapshot.QueryAsync<StoredObservation>(
            """
            select observation_id, record_key, notification_sha256, format, item_index, mapping_version, extracted_at, deliveries, body
            from observation where record_key = @recordKey
            """,
            new { recordKey });

    /// <summary>
    /// Adds observations of one record. Returns those that are new; null when the record says nothing new at all.
    /// </summary>
    public async Task<IReadOnlyList<Observation>?> JoinAsync(
        StoreTransaction transaction, string recordKey, IEnumerable<Observation> observations)
    {
        StoredRecord? stored = await transaction.SingleOrDefaultAsync<StoredRecord>(
            "select history, revision from record where record_key = @recordKey", new { recordKey });
        RecordHistory? history = stored is null ? null : StoredEvidence.History(stored.History);
        var added = new List<Observation>();
        bool rebuild = false;
        foreach (Observation observation in observations)
        {
            Arrival arrival = await InsertAsync(transaction, recordKey, observation);
            if (arrival is Arrival.New or Arrival.Remapped)
            {
                added.Add(observation);
            }

            rebuild |= arrival is Arrival.Earlier or Arrival.Remapped;
            if (!rebuild && arrival == Arrival.New)
            {
                RecordHistory? next = history is null ? RecordHistory.Of([observation], policy)
                    : history.Repeats(observation) ? history
                    : history.TryAppend(observation, policy);
                rebuild = next is null;
                history = next ?? history;
            }
        }

        if (added.Count == 0 && !rebuild)
        {
            return null;
        }

        if (rebuild)
        {
            history = await RebuiltAsync(transaction, recordKey);
        }

        await SaveAsync(transaction, recordKey, history!, stored);
        return added;
    }

    /// <summary>Derives one record from its observations, where no row of it exists; returns these.</summary>
    public async Task<IReadOnlyList<Observation>> DeriveAsync(StoreTransaction transaction, string recordKey)
    {
        IReadOnlyList<StoredObservation> rows = await ObservationsAsync(transaction, recordKey);
        Observation[] observations = [.. rows.Select(r => r.Observation)];
        await SaveAsync(transaction, recordKey, RecordHistory.Of(observations, policy), null);
        return observations;
    }

    /// <summary>
    /// A container or admission decision that is over says nothing that reconciling asks for; clusters finish so many of
    /// them that they should not be read again with every change of their tuple.
    /// </summary>
    internal static bool IsRetired(RecordHistory history) =>
        history.Record.Kind is RecordKind.Container or RecordKind.AdmissionDecision
        && history.Skewed.Count == 0
        && history.Current.All(v => v.Last.Withdrawn);

    private async Task<RecordHistory> RebuiltAsync(StoreSnapshot snapshot, string recordKey)
    {
        IReadOnlyList<StoredObservation> rows = await ObservationsAsync(snapshot, recordKey);
        return RecordHistory.Of([.. rows.Select(r => r.Observation)], policy);
    }

    /// <summary>
    /// One item delivered again is one row: the least extraction time wins. The same item read by another mapping, or
    /// saying something else, is another row, and the record is made anew.
    /// </summary>
    private static async Task<Arrival> InsertAsync(StoreTransaction transaction, string recordKey, Observation observation)
    {
        Lineage lineage = observation.Lineage;
        string body = StoredEvidence.BodyOf(observation);
        string id = StoredEvidence.IdOf(body);
        IReadOnlyList<StoredObservation> known = await transaction.QueryAsync<StoredObservation>(
            """
            select observation_id, extracted_at from observation
            where notification_sha256 = @NotificationSha256 and format = @Format and item_index = @ItemIndex
              and record_key = @recordKey
            """,
            new { lineage.NotificationSha256, lineage.Format, lineage.ItemIndex, recordKey });
        StoredObservation? same = known.FirstOrDefault(o => o.ObservationId == id);
        if (same is not null)
        {
            bool earlier = lineage.ExtractedAt < same.ExtractedAt;
            await transaction.ExecuteAsync(
                "update observation set deliveries = deliveries + 1, extracted_at = @at where observation_id = @id",
                new { id, at = earlier ? lineage.ExtractedAt : same.ExtractedAt });
            return earlier ? Arrival.Earlier : Arrival.Known;
        }

        await transaction.ExecuteAsync(
            """
            insert into observation (
              observation_id, record_key, notification_sha256, format, item_index, mapping_version, extracted_at, deliveries, body)
            values (@id, @recordKey, @NotificationSha256, @Format, @ItemIndex, @MappingVersion, @ExtractedAt, 1, @body)
            """,
            new
            {
                id, recordKey, lineage.NotificationSha256, lineage.Format, lineage.ItemIndex, lineage.MappingVersion,
                lineage.ExtractedAt, body,
            });
        return known.Count == 0 ? Arrival.New : Arrival.Remapped;
    }

    private static async Task SaveAsync(
        StoreTransaction transaction, string recordKey, RecordHistory history, StoredRecord? stored)
    {
        string text = StoredEvidence.TextOf(history);
        if (text == stored?.History)
        {
            return;
        }

        var row = new { recordKey, history = text, retired = IsRetired(history) ? 1 : 0, revision = stored?.Revision ?? 0 };
        int saved = stored is null
            ? await transaction.ExecuteAsync(
                """
                insert into record (record_key, history, retired, revision)
                select @recordKey, @history, @retired, 1
                where not exists (select 1 from record where record_key = @recordKey)
                """,
                row)
            : await transaction.ExecuteAsync(
                """
                update record set history = @history, retired = @retired, revision = revision + 1
                where record_key = @recordKey and revision = @revision
                """,
                row);
        if (saved != 1)
        {
            throw new StaleRevisionException("a source record was changed by another writer");
        }
    }

    private enum Arrival
    {
        New,
        Known,
        Earlier,
        Remapped,
    }

    private sealed record StoredRecord
    {
        public string History { get; init; } = "";

        public long Revision { get; init; }
    }
}

/// <summary>One stored observation.</summary>
internal sealed record StoredObservation
{
    public string ObservationId { get; init; } = "";

    public string RecordKey { get; init; } = "";

    public string NotificationSha256 { get; init; } = "";

    public string Format { get; init; } = "";

    public int ItemIndex { get; init; }

    public int MappingVersion { get; init; }

    public DateTimeOffset ExtractedAt { get; init; }

    public long Deliveries { get; init; }

    public string Body { get; init; } = "";

    public Observation Observation => StoredEvidence.Observation(Body, ExtractedAt);
}
