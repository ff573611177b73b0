using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>What may be decided on what. Pure; every refusal is an error of the API (see <see cref="DecisionErrors"/>).</summary>
internal static class DecisionRules
{
    /// <summary>
    /// The decision must be on the content that stands: the package that was shown, the last of its tuple, neither ended nor
    /// expired.
    /// </summary>
    /// <param name="proposal">What is asked for.</param>
    /// <param name="package">The package that it names.</param>
    /// <param name="last">The last package of the tuple.</param>
    /// <param name="expiresAt">When the named one expires.</param>
    /// <param name="now">The service's time.</param>
    /// <param name="documents">Shows what changed.</param>
    public static void RequireStanding(
        Proposal proposal, PackageRow package, PackageRow last, DateTimeOffset? expiresAt, DateTimeOffset now, MaskedDocuments documents)
    {
        bool ended = last.State == States.Closed || last.SupersededBy is not null;
        if (proposal.Etag != package.PackageId || package.Revision != last.Revision || ended)
        {
            throw DecisionErrors.Conflict(package, ended ? null : last, documents, "the package that this is on isn't the one that stands; look at what changed, and decide on that");
        }

        if (expiresAt <= now)
        {
            throw DecisionErrors.Conflict(package, last, documents, "the package has expired; the reconciler prepares it anew, decide on that one");
        }
    }

    /// <summary>The state must allow the kind; returns where the package stands by the decision, null where it stays.</summary>
    public static string? Next(string kind, string state) => (kind, state) switch
    {
        (DecisionKinds.Annotate or DecisionKinds.Pin, _) => null,
        (DecisionKinds.Acknowledge, States.Prepared) => States.Acknowledged,
        (DecisionKinds.Return, States.Prepared or States.Acknowledged) => States.Returned,
        (DecisionKinds.AuthorizeRepair, States.Prepared or States.Acknowledged or States.RepairAuthorized) => States.RepairAuthorized,
        _ => throw DecisionErrors.Precondition("PACKAGE_STATE", state, "the package's state doesn't allow this decision any more"),
    };

    /// <summary>The writes that are authorised: the named ones, or all. A held field has none, and alternatives are not writes.</summary>
    public static IReadOnlyList<WriteView> Writes(Proposal proposal, PackageView package, IEnumerable<RepairRow> authorised)
    {
        if (package.ProposedWrites.Count == 0)
        {
            throw DecisionErrors.Precondition("NO_PROPOSED_WRITE", package.Id, "the package proposes no write; alternatives can't be authorised, a pin or new evidence makes them writes");
        }

        WriteView[] chosen =
        [
            .. package.ProposedWrites.Where(w => proposal.WriteIds.Count == 0 || proposal.WriteIds.Contains(w.Id)).OrderBy(w => w.Id, StringComparer.Ordinal),
        ];
        if (chosen.Length == 0 || (proposal.WriteIds.Count > 0 && chosen.Length != proposal.WriteIds.Distinct().Count()))
        {
            throw Api.ApiErrors.InvalidArgument([("write_ids", "must be ids of the package's proposed writes, or empty for all of them")]);
        }

        HashSet<string> already = [.. authorised.Select(r => r.WriteId)];
        return chosen.Any(w => already.Contains(w.Id))
            ? throw DecisionErrors.Precondition("ALREADY_AUTHORIZED", chosen.First(w => already.Contains(w.Id)).Id, "this write is authorised already; name the others")
            : chosen;
    }

    /// <summary>Whether two persons have to authorise some of the writes: their field, or its mask class, is listed.</summary>
    public static bool NeedsTwo(IEnumerable<WriteView> writes, PackageView package, IReadOnlyCollection<string> twoPersonFields) =>
        writes.Any(w => NeedsTwo(package.Ledger.For(w.Field)!, twoPersonFields));

    /// <summary>Whether two persons have to pin a field: it, or its mask class, is listed.</summary>
    public static bool NeedsTwo(FieldView field, IReadOnlyCollection<string> twoPersonFields) =>
        twoPersonFields.Contains(field.Field) || twoPersonFields.Contains(field.Mask);

    /// <summary>The candidate that a pin picks, of the set that still stands.</summary>
    public static (FieldView Field, CandidateView Candidate) Pick(
        Proposal proposal, PackageView package, PackageRow last, LedgerView? current, MaskedDocuments documents)
    {
        FieldView field = package.Ledger.For(proposal.Field!)
            ?? throw Api.ApiErrors.InvalidArgument([("field", "must be a field of the package's ledger")]);
        if (proposal.Candidate < 0 || proposal.Candidate >= field.Candidates.Count)
        {
            throw Api.ApiErrors.InvalidArgument([("candidate", "must be the place of a candidate in the package's ledger, from 0")]);
        }

        CandidateView candidate = field.Candidates[proposal.Candidate];
        if (!CandidateSet.Has(candidate.Outcome) || candidate.Value is null)
        {
            throw DecisionErrors.Precondition("CANDIDATE", field.Field, "this candidate can't be picked: it is withdrawn, unreadable, from the future, about another digest or without a value");
        }

        return current?.For(field.Field) is { } now && CandidateSet.HashOf(now) != CandidateSet.HashOf(field)
            ? throw DecisionErrors.Conflict(last, last, documents, "the field's candidates have changed since the package was prepared; wait for its successor")
            : (field, candidate);
    }
}
