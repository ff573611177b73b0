using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>How long a perfect steward waits for records that are under way, as the domain's default has it.</summary>
internal static class Allowances
{
    /// <summary>How far ahead of its reading a source's clock may be.</summary>
    public static TimeSpan Skew { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The ledger is backfilled after a release: its fields, and what is linked to it, get an hour; all others a quarter.</summary>
    public static TimeSpan Of(Field field) => field is Field.SignatureEnvelopeId or Field.SignerIdentity or Field.SignerKeyId
        or Field.CertificateFingerprint or Field.CertificateLineage or Field.AttestationBundle or Field.LedgerWriteTime or Field.ObservedEnvelopeId
        ? TimeSpan.FromHours(1)
        : TimeSpan.FromMinutes(15);
}
