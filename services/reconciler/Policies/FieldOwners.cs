using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Policies;

/// <summary>Whose own word a field is: what a fix proposes as its authority, as the default policy has it.</summary>
internal static class FieldOwners
{
    /// <summary>The source in whose records the field originates.</summary>
    internal static Source Of(Field field) => field switch
    {
        Field.ManifestDigest or Field.TagToDigest or Field.Repository or Field.PromotionTime or Field.ActiveTags =>
            Source.ArtifactRegistry,
        Field.SignatureEnvelopeId or Field.SignerIdentity or Field.SignerKeyId or Field.CertificateFingerprint
            or Field.CertificateLineage or Field.AttestationBundle or Field.LedgerWriteTime =>
            Source.SignatureLedger,
        Field.ReleaseTrain or Field.ReleaseWindow or Field.ExceptionNotes or Field.ExceptionBindings
            or Field.ApprovedTuple or Field.ApprovalTime or Field.ReviewerState =>
            Source.ChangeSnapshot,
        _ when FieldCatalogue.IsRuntimeOwn(field) => Source.RuntimeValidation,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "a field without an owner"),
    };

    /// <summary>
    /// Whether the field says what was approved, or that it was. No correction may touch it: that would be an approval,
    /// and approving is for people (a re-approval brings a new snapshot revision).
    /// </summary>
    internal static bool IsApproval(Field field) =>
        field is Field.ManifestDigest or Field.TagToDigest or Field.Repository
            or Field.ApprovedTuple or Field.ApprovalTime or Field.ReviewerState;
}
