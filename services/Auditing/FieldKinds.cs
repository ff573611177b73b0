using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Auditing;

/// <summary>How statements about a field compare: the audit's own idea of it.</summary>
internal static class FieldKinds
{
    /// <summary>Fields that say something about one digest: compared only where both sides speak about the same one.</summary>
    public static bool IsAboutDigest(Field field) => field is Field.PromotionTime or Field.ActiveTags or Field.SignatureEnvelopeId
        or Field.SignerIdentity or Field.SignerKeyId or Field.CertificateFingerprint or Field.CertificateLineage
        or Field.AttestationBundle or Field.LedgerWriteTime;

    /// <summary>Fields to which the records of one source add up.</summary>
    public static bool IsSet(Field field) => field is Field.ActiveTags or Field.SignatureEnvelopeId or Field.SignerIdentity
        or Field.SignerKeyId or Field.CertificateFingerprint or Field.CertificateLineage or Field.AttestationBundle
        or Field.LedgerWriteTime or Field.ExceptionBindings or Field.ClusterId or Field.ObservedEnvelopeId;
}
