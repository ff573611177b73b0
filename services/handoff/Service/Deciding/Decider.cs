using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>
/// Takes decisions: each is checked, written, and told to the reconciler in one transaction of the handoff's store, so that
/// there is no instant at which one of these is there without the others. Those on one tuple exclude each other and its feed.
/// Safe for concurrent use; a request that is repeated gives its first answer.
/// </summary>
internal sealed class Decider(HandoffStore store, MaskedDocuments documents, AuditLog audit, HandoffOptions options, TimeProvider clock)
{
    private readonly DecisionTable _decisions = new(store.Store.Engine);
    private readonly EvaluationTable _evaluation = new(store.Store.Engine, clock);

    /// <summary>Decides, or only checks.</summary>
    /// <exception cref="Grpc.Core.RpcException">It is refused; see decisions.proto.</exception>
    public async Task<DecisionRow> DecideAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        try
        {
            return await store.DecideAsync(transaction => DecideAsync(transaction, proposal), cancellationToken);
        }
        catch (Exception e) when (store.Store.IsUniqueViolation(e))
        {
            // Another tuple's decision took the id at the same instant.
            throw DecisionErrors.RequestIdUsed();
        }
    }

    private async Task<DecisionRow> DecideAsync(StoreTransaction transaction, Proposal proposal)
    {
        await TupleTable.LockAsync(transaction, proposal.TupleId);
        if (await _decisions.OfRequestAsync(transaction, proposal.RequestId) is { } known)
        {
            return known.RequestSha256 == proposal.RequestSha256 ? known : throw DecisionErrors.RequestIdUsed();
        }

        long tupleNo = await _decisions.TupleNoAsync(transaction, proposal.TupleId)
            ?? throw ApiErrors.NotFound("tuple", "ListLedgers returns the names that there are");
        var row = new DecisionRow
        {
            TupleNo = tupleNo,
            TupleId = proposal.TupleId,
            RequestId = proposal.RequestId,
            RequestSha256 = proposal.RequestSha256,
            Kind = proposal.Kind,
            Steward = proposal.Steward,
            DecidedAt = clock.GetUtcNow(),
            Field = proposal.Field,
            Note = proposal.Note,
            State = DecisionStates.Effective,
        };
        DecisionRow decided = proposal.Kind == DecisionKinds.Unpin
            ? await UnpinAsync(transaction, proposal, row)
            : await OnPackageAsync(transaction, proposal, row);
        if (!proposal.ValidateOnly)
        {
            await audit.AppendAsync(transaction, Entry(decided));
        }

        return decided;
    }

    /// <summary>The decision as the audit log has it. Note and reason are in the hash of the request, and nowhere unmasked.</summary>
    private static AuditEntry Entry(DecisionRow row) => new()
    {
        Subject = row.Steward,
        Kind = row.Kind,
        TupleId = row.TupleId,
        Detail = new JsonObject
        {
            ["candidate"] = row.Candidate is { } candidate ? Tokens.Text(candidate) : null,
            ["decision"] = row.RequestId,
            ["field"] = row.Field,
            ["package"] = row.PackageId,
            ["requestSha256"] = row.RequestSha256,
            ["revision"] = row.PackageRevision is { } revision ? Tokens.Text(revision) : null,
            ["state"] = row.State,
            ["writes"] = row.Writes,
        },
    };

    private async Task<DecisionRow> OnPackageAsync(StoreTransaction transaction, Proposal proposal, DecisionRow row)
    {
        PackageRow package = await HandoffQueries.PackageAsync(transaction, proposal.TupleId, proposal.PackageId, proposal.Revision)
            ?? throw ApiErrors.NotFound("package", "ListCorrectionPackages returns the names that there are");
        PackageRow last = (await HandoffQueries.PackageAsync(transaction, proposal.TupleId, null, null))!;
        PackageView view = DocumentReader.Package(package.Content);
        DecisionRules.RequireStanding(proposal, package, last, view.ExpiresAt, row.DecidedAt, documents);
        string? next = DecisionRules.Next(proposal.Kind, package.State);
        row = row with
        {
            PackageRevision = package.Revision, PackageId = package.PackageId, PackageContent = package.Content, PackageState = next ?? package.State,
        };
        return proposal.Kind switch
        {
            DecisionKinds.AuthorizeRepair => await AuthorizeAsync(transaction, proposal, row, view),
            DecisionKinds.Pin => await PinAsync(transaction, proposal, row, view, last),
            _ => await WriteAsync(transaction, proposal, row, view, next),
        };
    }

    private async Task<DecisionRow> AuthorizeAsync(StoreTransaction transaction, Proposal proposal, DecisionRow row, PackageView view)
    {
        long revision = row.PackageRevision!.Value;
        IReadOnlyList<WriteView> writes = DecisionRules.Writes(proposal, view, await _decisions.RepairsAsync(transaction, row.TupleNo, revision));
        row = row with { Writes = string.Join('\n', writes.Select(w => w.Id)) };
        if (DecisionRules.NeedsTwo(writes, view, options.TwoPersonFields))
        {
            DecisionRow? first = await _decisions.AwaitingAsync(transaction, row.TupleNo, revision, row.Writes);
            if (first is null)
            {
                PackageRow now = (await HandoffQueries.PackageAsync(transaction, row.TupleId, row.PackageId, revision))!;
                return await WriteAsync(transaction, proposal, row with { State = DecisionStates.Awaiting, PackageState = now.State }, view, null);
            }

            row = row with { State = DecisionStates.Confirming };
            await ConfirmAsync(transaction, proposal, first, row);
        }

        if (proposal.ValidateOnly)
        {
            return row;
        }

        DecisionRow written = await WriteAsync(transaction, proposal, row, view, null);
        LedgerRow? ledger = await HandoffQueries.LedgerAsync(transaction, row.TupleId);
        LedgerView? shown = ledger is null ? null : DocumentReader.Ledger(ledger.Content);
        await _decisions.InsertAsync(transaction, writes.Select(write =>
        {
            RepairSeen seen = shown is null ? new RepairSeen(RepairStates.Pending, null) : RepairFollowing.Judge(write, view, shown);
            return new RepairRow
            {
                TupleNo = row.TupleNo, PackageRevision = revision, WriteId = write.Id, DecisionNo = written.DecisionNo,
                State = seen.State, ObservedAt = seen.At, LedgerRevision = ledger?.Revision ?? 0,
            };
        }));
        await MoveAsync(transaction, written, view, moves: true);
        return (await _decisions.OfRequestAsync(transaction, row.RequestId))!;
    }

    /// <summary>Makes a first person's decision effective by a second one's.</summary>
    private async Task ConfirmAsync(StoreTransaction transaction, Proposal proposal, DecisionRow first, DecisionRow second)
    {
        if (first.Steward == second.Steward)
        {
            throw DecisionErrors.SamePerson();
        }

        if (!proposal.ValidateOnly)
        {
            await _decisions.ConfirmAsync(transaction, first.DecisionNo, second.Steward);
        }
    }

    private async Task<DecisionRow> PinAsync(StoreTransaction transaction, Proposal proposal, DecisionRow row, PackageView view, PackageRow last)
    {
        LedgerRow? ledger = await HandoffQueries.LedgerAsync(transaction, row.TupleId);
        (FieldView field, CandidateView candidate) = DecisionRules.Pick(
            proposal, view, last, ledger is null ? null : DocumentReader.Ledger(ledger.Content), documents);
        row = row with { Candidate = proposal.Candidate, ExpiresAt = proposal.ExpiresAt };
        if (DecisionRules.NeedsTwo(field, options.TwoPersonFields))
        {
            DecisionRow? first = await _decisions.AwaitingPinAsync(transaction, row);
            if (first is null)
            {
                return await WriteAsync(transaction, proposal, row with { State = DecisionStates.Awaiting }, view, null);
            }

            // It holds until the earlier of the two ends.
            row = row with { State = DecisionStates.Confirming, ExpiresAt = first.ExpiresAt < row.ExpiresAt ? first.ExpiresAt : row.ExpiresAt };
            await ConfirmAsync(transaction, proposal, first, row);
        }

        DecisionRow written = await WriteAsync(transaction, proposal, row, view, null);
        if (!proposal.ValidateOnly)
        {
            await store.Outbox.EnqueueAsync(transaction, [DecisionAnnouncements.Pinned(written, view.Tuple, field, candidate)]);
        }

        return written;
    }

    private async Task<DecisionRow> UnpinAsync(StoreTransaction transaction, Proposal proposal, DecisionRow row)
    {
        DecisionRow? pin = await _decisions.LastPinAsync(transaction, row.TupleNo, row.Field!);
        if (pin is not { Kind: DecisionKinds.Pin } || pin.ExpiresAt <= row.DecidedAt)
        {
            throw DecisionErrors.Precondition("NO_PIN", row.Field!, "no pin of this field holds; ListDecisions shows those that did");
        }

        if (proposal.ValidateOnly)
        {
            return row;
        }

        LedgerRow ledger = (await HandoffQueries.LedgerAsync(transaction, row.TupleId))
            ?? throw ApiErrors.NotFound("ledger", "ListLedgers returns the names that there are");
        DecisionRow written = await _decisions.InsertAsync(transaction, row with { Sequence = await store.Packages.NextSequenceAsync(transaction) });
        await _evaluation.JudgeAsync(transaction, pin.TupleNo, pin.PackageRevision!.Value);
        await store.Outbox.EnqueueAsync(transaction, [DecisionAnnouncements.TakenBack(written, DocumentReader.Ledger(ledger.Content).Tuple)]);
        return written;
    }

    /// <summary>Writes a decision down, and moves its package where it goes; whoever watches hears of the package again.</summary>
    private async Task<DecisionRow> WriteAsync(StoreTransaction transaction, Proposal proposal, DecisionRow row, PackageView view, string? next)
    {
        if (proposal.ValidateOnly)
        {
            return row;
        }

        DecisionRow written = await _decisions.InsertAsync(transaction, row with { Sequence = await store.Packages.NextSequenceAsync(transaction) });
        await MoveAsync(transaction, written, view, next is not null);
        return written;
    }

    private async Task MoveAsync(StoreTransaction transaction, DecisionRow row, PackageView view, bool moves)
    {
        PackageMove move = await store.Packages.RestateAsync(transaction, row.TupleNo, row.PackageRevision!.Value, tell: true);
        await _evaluation.JudgeAsync(transaction, row.TupleNo, row.PackageRevision.Value);
        if (moves)
        {
            await store.Outbox.EnqueueAsync(
                transaction, [DecisionAnnouncements.Moved(row.TupleId, view.Tuple, row.PackageRevision.Value, move, row.DecidedAt)]);
        }
    }
}
