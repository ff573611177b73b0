using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// Reconciles the evidence of one tuple under a policy at an instant. Pure and total: no clock, no chance, no I/O; the
/// same arguments give the same ledger, and every loop is bounded by the evidence that counts now.
/// </summary>
public static class Reconciler
{
    /// <summary>Makes the ledger of a tuple.</summary>
    /// <param name="evidence">All records bound to the tuple.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="asOf">The instant of the evaluation, UTC.</param>
    public static Reconciliation Reconcile(TupleEvidence evidence, Policy policy, DateTimeOffset asOf)
    {
        var view = new CurrentView(evidence, policy);
        bool inScope = view.Named || policy.Scope.Includes(evidence.Tuple);
        var decider = new FieldDecider(view, policy, asOf);
        FieldEntry digest = decider.Decide(Field.ManifestDigest, null);
        DigestVerdict verdict = DigestVerdict.From(digest);
        if (digest.Hold is { } root && inScope)
        {
            digest = digest with { Hold = root with { Alternatives = Alternatives.Of(digest, verdict, view, decider) } };
        }

        IReadOnlyList<Field> order = FieldCatalogue.SortedByName;
        var fields = new FieldEntry[order.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            FieldEntry entry = order[i] switch
            {
                Field.ManifestDigest => digest,
                Field.TagToDigest => decider.Decide(Field.TagToDigest, null),
                Field field => decider.Decide(field, verdict),
            };
            fields[i] = inScope || entry.Hold is null ? entry : entry with { Hold = null };
        }

        Transitions transitions = Transitions.Of(fields, evidence, policy, asOf);
        var ledger = new Ledger
        {
            Tuple = evidence.Tuple,
            InScope = inScope,
            OnHold = inScope && Array.Exists(fields, f => f.Hold is not null && FieldCatalogue.PutsTupleOnHold(f.Field)),
            Policy = (policy.Version, policy.Digest),
            EffectiveAsOf = transitions.EffectiveAsOf,
            NextTransitionAt = transitions.Next,
            Fields = fields,
        };
        CorrectionPackage? package = PackageBuilder.Build(ledger, transitions, policy, asOf);
        DateTimeOffset? next = transitions.NextEvaluation is { } transition && !(package?.ExpiresAt < transition)
            ? transition
            : package?.ExpiresAt;
        return new Reconciliation(ledger, next, package);
    }
}

/// <summary>What reconciling yields.</summary>
/// <param name="Ledger">The discrepancy ledger.</param>
/// <param name="NextEvaluationAt">
/// When to reconcile again if nothing arrives: the next transition, the package's expiry, or the end of a freshness
/// window, which moves with every sign of life. The last two are no part of the ledger. Null for never.
/// </param>
/// <param name="Package">The correction package, when there is something to correct or decide and it is time; else null.</param>
public sealed record Reconciliation(Ledger Ledger, DateTimeOffset? NextEvaluationAt, CorrectionPackage? Package);
