using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Deciding;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>
/// What stewards made of the fields of one package. Each is a set of fields, by their positions in <see cref="Field"/>, which
/// are stored: version with care.
/// </summary>
internal sealed record Judgement
{
    /// <summary>Fields that a steward accepted as they were reconciled.</summary>
    public long Accepted { get; init; }

    /// <summary>Fields for which a steward wanted, or a source came to say, something else.</summary>
    public long Refused { get; init; }

    /// <summary>Fields that were held, and that a steward decided by a pin: neither agreement nor its opposite.</summary>
    public long FromHold { get; init; }

    /// <summary>Whether there is anything to count.</summary>
    public bool IsEmpty => (Accepted | Refused | FromHold) == 0;

    /// <summary>
    /// The judgement of a package. What counts is where reconciling chose: fields that a rule decided or that it proposes to
    /// correct. With an authorisation those are accepted whose writes, if they have any, are all authorised and not diverged;
    /// with a return none is. A pin that was not taken back counts for its field before that: accepted where it picked the
    /// reconciled value. Where all sources agree, or a pin of before stands, nothing was chosen, and nothing counts.
    /// </summary>
    /// <param name="package">The package, unmasked.</param>
    /// <param name="revision">Its number in the chain.</param>
    /// <param name="decisions">The tuple's authorisations, returns, pins and takings back, in their order.</param>
    /// <param name="repairs">The package's authorised writes.</param>
    public static Judgement Of(PackageView package, long revision, IReadOnlyList<DecisionRow> decisions, IReadOnlyList<RepairRow> repairs)
    {
        DecisionRow? last = decisions.LastOrDefault(d => d.PackageRevision == revision
            && (d.Kind == DecisionKinds.Return || (d.Kind == DecisionKinds.AuthorizeRepair && d.State != DecisionStates.Awaiting)));
        var judgement = new Judgement();
        foreach (FieldView field in package.Ledger.Fields.Where(f => WireNames.TryParse(f.Field, out Field _)))
        {
            long bit = 1L << (int)WireNames.Parse<Field>(field.Field);
            bool? accepted = PinOf(field.Field, revision, decisions) is { } pin
                ? field.Authoritative is null ? null : Same(field.Candidates[(int)pin.Candidate!.Value].Value, field.Authoritative)
                : last is null || !IsChosen(field, package) ? null
                : last.Kind == DecisionKinds.AuthorizeRepair && AllAuthorised(field, package, repairs);
            bool fromHold = field.Authoritative is null && PinOf(field.Field, revision, decisions) is not null;
            judgement = judgement with
            {
                Accepted = judgement.Accepted | (accepted == true ? bit : 0),
                Refused = judgement.Refused | (accepted == false ? bit : 0),
                FromHold = judgement.FromHold | (fromHold ? bit : 0),
            };
        }

        return judgement;
    }

    /// <summary>The last pin of a field on a package, unless it was taken back.</summary>
    private static DecisionRow? PinOf(string field, long revision, IReadOnlyList<DecisionRow> decisions)
    {
        DecisionRow[] about =
        [
            .. decisions.Where(d => d.Field == field && d.Kind is DecisionKinds.Pin or DecisionKinds.Unpin && d.State != DecisionStates.Awaiting),
        ];
        int pin = Array.FindLastIndex(about, d => d.Kind == DecisionKinds.Pin && d.PackageRevision == revision);
        bool takenBack = pin >= 0 && pin + 1 < about.Length && about[pin + 1].Kind == DecisionKinds.Unpin;
        return pin < 0 || takenBack ? null : about[pin];
    }

    private static bool IsChosen(FieldView field, PackageView package) => field.Authoritative is not null && field.Rule != StewardPin
        && (field.State == "precedence" || package.ProposedWrites.Any(w => w.Field == field.Field));

    private static bool AllAuthorised(FieldView field, PackageView package, IReadOnlyList<RepairRow> repairs) =>
        package.ProposedWrites.Where(w => w.Field == field.Field)
            .All(w => repairs.Any(r => r.WriteId == w.Id && r.State != RepairStates.Diverged));

    private static bool Same(FieldValues? a, FieldValues? b) => (a?.Values ?? []).SequenceEqual(b?.Values ?? [], StringComparer.Ordinal);

    private const string StewardPin = "steward-pin";
}
