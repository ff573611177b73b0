using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>The instants at which a ledger changes by itself. Between two of them every evaluation gives the same bytes.</summary>
/// <param name="EffectiveAsOf">The greatest source time or transition not after the evaluation.</param>
/// <param name="DecisionAsOf">The same over first source times only: what a package rests on doesn't move with re-reads.</param>
/// <param name="Next">The least transition after the evaluation, freshness left out.</param>
/// <param name="NextEvaluation">The least transition after the evaluation, freshness included.</param>
/// <param name="PackageDue">Nothing is converging, or the policy's deadline has come.</param>
internal sealed record Transitions(
    DateTimeOffset? EffectiveAsOf, DateTimeOffset? DecisionAsOf, DateTimeOffset? Next, DateTimeOffset? NextEvaluation, bool PackageDue)
{
    internal static Transitions Of(IReadOnlyList<FieldEntry> fields, TupleEvidence evidence, Policy policy, DateTimeOffset asOf)
    {
        var clock = new Clock(asOf);
        DateTimeOffset? firstDiffer = null;
        bool converging = false;
        foreach (FieldEntry entry in fields)
        {
            FieldPolicy fieldPolicy = policy.For(entry.Field);
            foreach (Candidate candidate in entry.Candidates)
            {
                Observe(candidate, entry.Field, clock);
            }

            if (entry.DifferSince is { } since)
            {
                clock.Transition(Instants.Later(since, fieldPolicy.Allowance));
            }

            clock.Transition(entry.SettlesAt);
            foreach (DateTimeOffset expiry in Freshness.ExpiriesOf(
                fieldPolicy,
                entry.Candidates.Where(c => c.Counts && c.Source == fieldPolicy.Authority && c.FromAuthoritativeInstance),
                evidence))
            {
                clock.Fresh(expiry);
            }

            if (entry.State == FieldState.Converging)
            {
                converging = true;
                firstDiffer = entry.DifferSince is { } t0 && !(firstDiffer <= t0) ? t0 : firstDiffer;
            }
        }

        foreach (Pin pin in evidence.Pins)
        {
            clock.Transition(pin.ExpiresAt);
        }

        DateTimeOffset? deadline = converging ? Instants.Later(firstDiffer, policy.PackageDeadline) : null;
        clock.Transition(deadline);
        return new Transitions(
            clock.Effective, clock.Decision, clock.Next, clock.NextWithFreshness, !converging || deadline <= asOf);
    }

    private static void Observe(Candidate candidate, Field field, Clock clock)
    {
        if (candidate.Observation.Revision.Time is { } time)
        {
            clock.Source(time, decides: field != Field.ObservationTime && candidate.Source != Source.RuntimeValidation);
        }
    }

    private sealed class Clock(DateTimeOffset asOf)
    {
        internal DateTimeOffset? Effective { get; private set; }

        internal DateTimeOffset? Decision { get; private set; }

        internal DateTimeOffset? Next { get; private set; }

        internal DateTimeOffset? NextWithFreshness { get; private set; }

        internal void Source(DateTimeOffset time, bool decides)
        {
            if (time <= asOf)
            {
                Effective = Greatest(Effective, time);
                Decision = decides ? Greatest(Decision, time) : Decision;
            }
            else
            {
                // A source clock that runs ahead, within the allowance or beyond: the as-of moves when its time comes.
                NextWithFreshness = Least(NextWithFreshness, time);
            }
        }

        internal void Transition(DateTimeOffset? instant)
        {
            if (instant is not { } at)
            {
                return;
            }

            if (at <= asOf)
            {
                Effective = Greatest(Effective, at);
                Decision = Greatest(Decision, at);
            }
            else
            {
                Next = Least(Next, at);
                NextWithFreshness = Least(NextWithFreshness, at);
            }
        }

        internal void Fresh(DateTimeOffset expiry)
        {
            if (expiry <= asOf)
            {
                Transition(expiry);
            }
            else
            {
                NextWithFreshness = Least(NextWithFreshness, expiry);
            }
        }

        private static DateTimeOffset? Greatest(DateTimeOffset? a, DateTimeOffset b) => a >= b ? a : b;

        private static DateTimeOffset? Least(DateTimeOffset? a, DateTimeOffset b) => a <= b ? a : b;
    }
}
