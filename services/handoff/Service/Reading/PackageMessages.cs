using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Comparing;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>Masked packages as messages of the API.</summary>
internal static class PackageMessages
{
    /// <summary>The name of a package.</summary>
    public static string NameOf(string tupleId, string packageId) => $"tuples/{tupleId}/packages/{packageId}";

    /// <summary>The name of one of several packages with the same content.</summary>
    public static string NameOf(string tupleId, string packageId, long revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{NameOf(tupleId, packageId)}@{revision}");

    /// <summary>Where a package stands.</summary>
    public static PackageState StateOf(PackageRow row) => PackageStates.Of(row.State);

    /// <summary>Differences between packages.</summary>
    public static IEnumerable<PackageDifference> Of(IEnumerable<PackageChange> changes) => changes.Select(c => new PackageDifference
    {
        Field = c.Field,
        Aspect = c.Aspect,
        Before = c.Before,
        After = c.After,
    });

    /// <summary>A package, whole.</summary>
    public static CorrectionPackage Of(PackageRow row, Masked<PackageView> masked, string keyVersion) => Stand(Content(row, masked, keyVersion), row);

    /// <summary>All of a package that follows from its content.</summary>
    public static CorrectionPackage Content(PackageRow row, Masked<PackageView> masked, string keyVersion)
    {
        CorrectionPackage package = Summary(row, masked, keyVersion);
        AddContent(package, row, masked);
        return package;
    }

    /// <summary>What of a package without content follows from its content.</summary>
    public static CorrectionPackage Summary(PackageRow row, Masked<PackageView> masked, string keyVersion)
    {
        PackageView view = masked.View;
        var package = new CorrectionPackage
        {
            Name = NameOf(row.TupleId, row.PackageId),
            PackageId = row.PackageId,
            Tuple = LedgerMessages.Tuple(view.Tuple, row.TupleId),
            EffectiveAsOf = LedgerMessages.Time(view.EffectiveAsOf),
            ExpireTime = LedgerMessages.Time(view.ExpiresAt),
            Policy = LedgerMessages.Policy(view.Policy),
            OnHold = view.Ledger.OnHold,
            ExceptionCount = view.Exceptions.Count,
            ProposedWriteCount = view.ProposedWrites.Count,
            MaskedSha256 = masked.Sha256,
            TokenKeyVersion = keyVersion,
            ReleaseTrain = view.Ledger.For("release-train")?.Authoritative?.Single ?? "",
            Etag = row.PackageId,
        };
        package.HoldReasons.Add(view.Exceptions
            .SelectMany(e => e.Hold.AlsoReasons.Prepend(e.Hold.Reason))
            .Distinct()
            .Order(StringComparer.Ordinal));
        return package;
    }

    /// <summary>Adds what stands beside its content: where it is in its chain, and where it stands now.</summary>
    public static CorrectionPackage Stand(CorrectionPackage package, PackageRow row)
    {
        package.Revision = row.Revision;
        package.State = StateOf(row);
        package.Supersedes = row.Supersedes ?? "";
        package.SupersededBy = row.SupersededBy ?? "";
        package.PrepareTime = Timestamp.FromDateTimeOffset(row.PreparedAt);
        package.HandoffTime = Timestamp.FromDateTimeOffset(row.HandedOffAt);
        return package;
    }

    private static void AddContent(CorrectionPackage package, PackageRow row, Masked<PackageView> masked)
    {
        PackageView view = masked.View;
        package.Ledger = LedgerMessages.Of(view.Ledger, row.TupleId, withContent: true);
        package.Exceptions.Add(view.Exceptions.Select(e => LedgerMessages.Of(e.Field, e.Hold)));
        package.WriteTargets.Add(view.WriteTargets.Select(LedgerMessages.Of));
        package.ProposedWrites.Add(view.ProposedWrites.Select(LedgerMessages.Of));
        package.Alternatives.Add(view.Alternatives.Select(LedgerMessages.Of));
        package.Annotations.Add(view.Annotations.Select(a => a.GetRawText()));
        package.RollbackRefs.Add(view.RollbackRefs);
        package.Evidence.Add(view.Evidence.Select(e => new Evidence
        {
            NotificationSha256 = e.NotificationSha256,
            Source = e.Source,
            Instance = e.Instance,
            RecordId = e.RecordId,
        }));
        package.MaskedJson = masked.Json;
    }
}
