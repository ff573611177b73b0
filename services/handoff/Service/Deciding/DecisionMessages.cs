using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Decisions as messages of the API; everything in them that a source or a steward wrote is masked.</summary>
internal static class DecisionMessages
{
    /// <summary>A decision with what became of its writes.</summary>
    /// <param name="row">As stored.</param>
    /// <param name="repairs">The writes that it authorised.</param>
    /// <param name="documents">The way out of the store.</param>
    /// <param name="validateOnly">It was only checked, and has no name.</param>
    public static Decision Of(DecisionRow row, IEnumerable<RepairRow> repairs, MaskedDocuments documents, bool validateOnly)
    {
        // A store that is being rebuilt may know a decision before its package.
        PackageView? package = row.PackageContent is { } content ? documents.OfPackage(row.PackageId!, content).View : null;
        var decision = new Decision
        {
            Name = validateOnly ? "" : $"tuples/{row.TupleId}/decisions/{row.RequestId}",
            Kind = row.Kind,
            Steward = row.Steward,
            DecideTime = Timestamp.FromDateTimeOffset(row.DecidedAt),
            Package = package is null ? "" : PackageMessages.NameOf(row.TupleId, row.PackageId!, row.PackageRevision!.Value),
            Field = row.Field ?? "",
            Note = documents.Note(row.Note, row.PackageContent, row.LedgerContent),
            State = row.ShownState,
            SecondSteward = row.SecondSteward ?? "",
            ExpireTime = LedgerMessages.Time(row.ExpiresAt),
            PackageState = row.PackageState is { } state ? PackageStates.Of(state) : PackageState.Unspecified,
        };
        if (package is not null && row.Candidate is { } candidate)
        {
            decision.Pinned = LedgerMessages.Value(package.Ledger.For(row.Field!)!.Candidates[(int)candidate].Value);
        }

        decision.Repairs.Add(package is null ? [] : repairs.Select(r => Of(r, package)));
        return decision;
    }

    /// <summary>The note of a decision that annotated a field.</summary>
    public static Annotation Annotation(DecisionRow row, MaskedDocuments documents) => new()
    {
        Field = row.Field,
        Note = documents.Note(row.Note, row.PackageContent, row.LedgerContent),
        Steward = row.Steward,
        AnnotateTime = Timestamp.FromDateTimeOffset(row.DecidedAt),
        PackageId = row.PackageId,
    };

    private static Repair Of(RepairRow row, PackageView package)
    {
        WriteView write = package.ProposedWrites.Single(w => w.Id == row.WriteId);
        return new Repair
        {
            WriteId = row.WriteId,
            State = row.State,
            ObserveTime = LedgerMessages.Time(row.ObservedAt),
            Target = LedgerMessages.Of(write.Target),
            Field = write.Field,
        };
    }
}
