using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPC about the figures that the service is judged by.</summary>
internal sealed class EvaluationCalls(HandoffStore store, TimeProvider clock)
{
    /// <inheritdoc cref="HandoffApi.GetEvaluation"/>
    public async Task<Evaluation> GetEvaluation(GetEvaluationRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string? train = check.Text("release_train", request.ReleaseTrain);
        check.ThrowIfInvalid();

        Figures figures = await store.ReadAsync(s => EvaluationQueries.FiguresAsync(s, train, Caller.Of(context).Scope), context.CancellationToken);
        var evaluation = new Evaluation
        {
            EvaluateTime = Timestamp.FromDateTimeOffset(clock.GetUtcNow()),
            TimeToLedger = new TimeToLedger { Count = figures.SpanCount },
            Conflicts = new ConflictRouting
            {
                Held = figures.Held, DecidedByRule = figures.Ruled, Converging = figures.Converging, Overwritten = figures.Overwritten,
            },
            Reliability = new PackageReliability
            {
                Prepared = figures.Packages, OutOfOrder = figures.Late, Missing = figures.Missing, Conflicting = figures.Contradicted,
                RederivedOtherwise = figures.Rederived,
            },
        };
        if (figures.SpanCount > 0)
        {
            (evaluation.TimeToLedger.P50, evaluation.TimeToLedger.P90, evaluation.TimeToLedger.Max) = (Span(0.5), Span(0.9), Span(1));
        }

        evaluation.Agreement.Add(figures.Fields.Select(f => new FieldAgreement
        {
            Field = f.Field, Accepted = f.Accepted, Total = f.Accepted + f.Refused, PinnedFromHold = f.FromHold,
        }));
        return evaluation;

        Duration Span(double share) => Duration.FromTimeSpan(TimeSpan.FromMilliseconds(figures.Quantile(share)));
    }
}
