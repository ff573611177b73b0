using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Reading.Meanings;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPCs about ledgers.</summary>
internal sealed class LedgerCalls(HandoffStore store, MaskedDocuments documents, TimeProvider clock)
{
    /// <inheritdoc cref="HandoffApi.ListLedgers"/>
    public async Task<ListLedgersResponse> ListLedgers(ListLedgersRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        var filter = new LedgerFilter
        {
            RepositoryToken = check.RepositoryToken(request.RepositoryToken),
            ReleaseTrain = check.Text("release_train", request.ReleaseTrain),
            OnHold = request.HasOnHold ? request.OnHold : null,
        };
        string query = Tokens.QueryHash("ledgers", filter.RepositoryToken, filter.ReleaseTrain, filter.OnHold);
        string[]? after = check.PageToken(request.PageToken, query, 1);
        check.ThrowIfInvalid();

        IReadOnlyList<LedgerRow> rows = await store.ReadAsync(
            async s => await HandoffQueries.LedgersAsync(
                s,
                filter with { Coordinates = await store.Repositories.InAsync(s, Caller.Of(context).Scope) },
                Tokens.Number(after, 0, 0),
                size + 1),
            context.CancellationToken);
        var response = new ListLedgersResponse();
        response.Ledgers.Add(rows.Take(size)
            .Select(row => LedgerMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: false)));
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, Tokens.Text(rows[size - 1].TupleNo)) : "";
        return response;
    }

    /// <inheritdoc cref="HandoffApi.GetLedger"/>
    public async Task<Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string tupleId = check.LedgerName(request.Name);
        DateTimeOffset? asOf = check.Instant("as_of", request.AtCase == GetLedgerRequest.AtOneofCase.AsOf ? request.AsOf : null);
        long number = request.AtCase switch
        {
            GetLedgerRequest.AtOneofCase.Revision => check.Revision("revision", request.Revision),
            GetLedgerRequest.AtOneofCase.PackageRevision => check.Revision("package_revision", request.PackageRevision),
            _ => 0,
        };
        check.ThrowIfInvalid();

        LedgerRow? row = await store.ReadAsync(
            async s =>
            {
                await Tuples.RequireAsync(s, tupleId);
                return await (request.AtCase switch
                {
                    GetLedgerRequest.AtOneofCase.AsOf => HistoryQueries.AsOfAsync(s, tupleId, asOf!.Value),
                    GetLedgerRequest.AtOneofCase.PackageRevision => HistoryQueries.OfPackageAsync(s, tupleId, number),
                    GetLedgerRequest.AtOneofCase.Revision => HistoryQueries.RevisionAsync(s, tupleId, number),
                    _ => HandoffQueries.LedgerAsync(s, tupleId),
                });
            },
            context.CancellationToken);
        return row is null
            ? throw ApiErrors.NotFound("ledger", "without as_of, package_revision and revision the current one is meant, if there is one yet")
            : LedgerMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: true);
    }

    /// <inheritdoc cref="HandoffApi.ExplainField"/>
    public async Task<FieldExplanation> ExplainField(ExplainFieldRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string tupleId = check.LedgerName(request.Name);
        string fieldName = check.RequiredField("field", request.Field);
        check.ThrowIfInvalid();

        LedgerRow row = await store.ReadAsync(s => HandoffQueries.LedgerAsync(s, tupleId), context.CancellationToken)
            ?? throw ApiErrors.NotFound("ledger", Tuples.Find);
        LedgerView ledger = documents.Of(row).View;
        FieldView field = ledger.For(fieldName) ?? throw ApiErrors.NotFound("field", "GetLedger returns the fields that the tuple's policy has");
        DateTimeOffset now = clock.GetUtcNow();
        var explanation = new FieldExplanation
        {
            Tuple = LedgerMessages.Tuple(ledger.Tuple, row.TupleId),
            LedgerRevision = row.Revision,
            Field = LedgerMessages.Of(field),
            EvaluateTime = Timestamp.FromDateTimeOffset(now),
            Policy = LedgerMessages.Policy(ledger.Policy),
            RuleMeaning = RuleMeanings.Of(field),
            StateMeaning = StateMeanings.Of(field.State),
        };
        explanation.Ages.Add(field.Candidates.Select(c => new CandidateAge
        {
            SinceSourceTime = Since(c.SourceTime, now),
            SinceExtractTime = Since(c.ExtractedAt, now),
        }));
        return explanation;
    }

    /// <inheritdoc cref="HandoffApi.ListTimeline"/>
    public async Task<ListTimelineResponse> ListTimeline(ListTimelineRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        string tupleId = check.Tuple(request.Parent);
        string? field = check.Name<Contracts.Field>("field", request.Field);
        string query = Tokens.QueryHash("timeline", tupleId, field);
        string[]? before = check.PageToken(request.PageToken, query, 2);
        check.ThrowIfInvalid();

        (IReadOnlyList<TimelineRow> rows, IReadOnlyDictionary<long, LedgerRow> ledgers, long current) = await store.ReadAsync(
            async s =>
            {
                await Tuples.RequireAsync(s, tupleId);
                LedgerRow? ledger = await HandoffQueries.LedgerAsync(s, tupleId);
                (IReadOnlyList<TimelineRow> page, IReadOnlyDictionary<long, LedgerRow> last) = await HistoryQueries.TimelineAsync(
                    s, tupleId, field, (Tokens.Number(before, 0, long.MaxValue), before?[1] ?? ""), size + 1);
                return (page, last, ledger?.Revision ?? 0);
            },
            context.CancellationToken);
        var response = new ListTimelineResponse();
        response.Entries.Add(rows.Take(size).Select(row => new TimelineEntry
        {
            Field = row.Field,
            Candidate = LedgerMessages.Of(documents.Of(ledgers[row.LastRevision]).View.For(row.Field)!.Candidates[(int)row.Place]),
            FirstLedgerRevision = row.FirstRevision,
            FirstRecordTime = Timestamp.FromDateTimeOffset(row.FirstRecordedAt),
            LastLedgerRevision = row.LastRevision,
            Current = row.LastRevision == current,
        }));
        response.NextPageToken = rows.Count > size
            ? Tokens.Page(query, Tokens.Text(rows[size - 1].FirstRevision), rows[size - 1].Said)
            : "";
        return response;
    }

    private static Duration? Since(DateTimeOffset? instant, DateTimeOffset now) =>
        instant is { } at ? Duration.FromTimeSpan(now - at) : null;
}
