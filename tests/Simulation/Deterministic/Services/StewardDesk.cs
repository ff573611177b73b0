using Grpc.Core;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Store;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A steward at a handoff: picks something that stands there, and decides on it over the production decider.</summary>
internal sealed class StewardDesk(HandoffStore store, Decider decider, RebuildCalls rebuilds, TimeProvider clock)
{
    private const string Steward = "steward";

    private const string Open = """
        select t.tuple_id, p.package_id, p.revision, p.content from package p join tuple t on t.tuple_no = p.tuple_no
        where p.state not in ('superseded', 'closed') order by t.tuple_id, p.revision
        """;

    private const string Pins = """
        select t.tuple_id, d.field from decision d join tuple t on t.tuple_no = d.tuple_no where d.kind = 'pin' order by d.decision_no desc limit 1
        """;

    private static readonly string Asked = new('0', 64);

    /// <summary>Does it; a refusal is an answer, too.</summary>
    public async Task ActAsync(Acting acting)
    {
        if (acting.Act.Kind == ActKind.Rebuild)
        {
            await rebuilds.RequestAsync(acting.Act.RequestId, Steward, CancellationToken.None);
            return;
        }

        acting.Proposal ??= await ProposeAsync(acting.Act);
        try
        {
            if (acting.Proposal is { } proposal)
            {
                await decider.DecideAsync(proposal, CancellationToken.None);
            }
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.FailedPrecondition or StatusCode.Aborted or StatusCode.InvalidArgument)
        {
            // The package moved on, or its state does not allow it.
        }
    }

    private Task<Proposal?> ProposeAsync(Act act) => store.ReadAsync(
        async snapshot =>
        {
            var proposal = new Proposal
            {
                Kind = KindOf(act.Kind), TupleId = "", RequestId = act.RequestId.ToString("D"), RequestSha256 = Asked, Steward = Steward, Note = "as agreed",
            };
            if (act.Kind == ActKind.Unpin)
            {
                return await snapshot.SingleOrDefaultAsync<Row>(Pins) is { } pin ? proposal with { TupleId = pin.TupleId, Field = pin.Field } : null;
            }

            IReadOnlyList<Row> open = await snapshot.QueryAsync<Row>(Open);
            if (open.Count == 0)
            {
                return null;
            }

            Row package = open[act.Pick % open.Count];
            proposal = proposal with { TupleId = package.TupleId, PackageId = package.PackageId, Revision = package.Revision, Etag = package.PackageId };
            return act.Kind == ActKind.Pin ? Picked(proposal, act.Pick, DocumentReader.Package(package.Content)) : proposal;
        },
        CancellationToken.None);

    private Proposal? Picked(Proposal proposal, int pick, PackageView package)
    {
        (FieldView Field, int Place)[] choices =
        [
            .. package.Ledger.Fields.Where(f => f.Hold is not null)
                .SelectMany(f => f.Candidates.Select((c, place) => (Field: f, Place: place, Candidate: c)))
                .Where(c => CandidateSet.Has(c.Candidate.Outcome) && c.Candidate.Value is not null).Select(c => (c.Field, c.Place)),
        ];
        return choices.Length == 0 ? null : proposal with
        {
            Field = choices[pick % choices.Length].Field.Field,
            Candidate = choices[pick % choices.Length].Place,
            ExpiresAt = clock.GetUtcNow().AddHours(1 + (pick % 60)),
        };
    }

    private static string KindOf(ActKind kind) => kind switch
    {
        ActKind.Acknowledge => DecisionKinds.Acknowledge,
        ActKind.Return => DecisionKinds.Return,
        ActKind.Authorize => DecisionKinds.AuthorizeRepair,
        ActKind.Pin => DecisionKinds.Pin,
        ActKind.Unpin => DecisionKinds.Unpin,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private sealed record Row
    {
        public string TupleId { get; init; } = "";
        public string PackageId { get; init; } = "";
        public long Revision { get; init; }
        public string Content { get; init; } = "";
        public string Field { get; init; } = "";
    }
}
