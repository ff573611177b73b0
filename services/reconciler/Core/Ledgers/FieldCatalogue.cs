using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>What is true of a field whatever the policy says.</summary>
public static class FieldCatalogue
{
    private static readonly Field[] ByName =
        [.. Enum.GetValues<Field>().OrderBy(WireNames.Of, StringComparer.Ordinal)];

    private static readonly int[] Positions =
        [.. Enum.GetValues<Field>().Select(f => Array.IndexOf(ByName, f))];

    /// <summary>All fields, by published name.</summary>
    public static IReadOnlyList<Field> SortedByName => ByName;

    /// <summary>The fields of runtime validation itself: the only ones for which it may be the authority (I3).</summary>
    public static bool IsRuntimeOwn(Field field) => field is Field.ObservedDigest or Field.ObservedEnvelopeId
        or Field.AdmissionCheck or Field.ClusterId or Field.ObservationTime;

    /// <summary>Fields of a ledger entry that count only about the authoritative digest.</summary>
    public static bool IsSignatureLineage(Field field) => field is Field.SignatureEnvelopeId or Field.SignerIdentity
        or Field.SignerKeyId or Field.CertificateFingerprint or Field.CertificateLineage or Field.AttestationBundle
        or Field.LedgerWriteTime;

    /// <summary>Fields that depend on the manifest digest: held with it, never mixed with another digest's.</summary>
    public static bool DependsOnDigest(Field field) => IsSignatureLineage(field)
        || field is Field.PromotionTime or Field.ActiveTags or Field.ApprovedTuple or Field.ApprovalTime;

    /// <summary>Fields whose hold puts the tuple on reconciliation hold: digest identity, signature lineage, snapshot binding.</summary>
    public static bool PutsTupleOnHold(Field field) => IsSignatureLineage(field)
        || field is Field.ManifestDigest or Field.TagToDigest or Field.ApprovedTuple or Field.ApprovalTime
            or Field.ObservedEnvelopeId;

    /// <summary>Fields whose value is a set: the authority's records add up, confirmers agree by membership.</summary>
    public static bool IsSet(Field field) => IsSignatureLineage(field)
        || field is Field.ActiveTags or Field.ExceptionBindings or Field.ClusterId;

    /// <summary>Set fields of which one record states one value: written as a string when there is only one.</summary>
    public static bool IsOnePerRecord(Field field) => field is Field.SignerIdentity or Field.SignerKeyId
        or Field.CertificateFingerprint or Field.AttestationBundle or Field.LedgerWriteTime;

    internal static int PositionByName(Field field) => Positions[(int)field];

    /// <summary>
    /// Which reading of a source speaks for a field: the runtime confirms the digest by what it observed, and the
    /// envelope by what admission reported.
    /// </summary>
    internal static Field ReadFrom(Field field, Source source) => source != Source.RuntimeValidation
        ? field
        : field switch
        {
            Field.ManifestDigest or Field.TagToDigest => Field.ObservedDigest,
            Field.SignatureEnvelopeId => Field.ObservedEnvelopeId,
            _ => field,
        };
}
