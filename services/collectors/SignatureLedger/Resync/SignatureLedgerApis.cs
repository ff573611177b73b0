using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>The APIs by which ledgers can be asked.</summary>
public static class SignatureLedgerApis
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SourceApi> All() =>
    [
        new(RekorV1Client.Format, c => new RekorV1Client(c)) { Refusals = RekorV1Client.Refusals, TakesEveryHint = true },
        new(RekorV2Client.Format, c => new RekorV2Client(c)) { Refusals = RekorV2Client.Refusals, TakesEveryHint = true },
        new(OciReferrersClient.Format, c => new OciReferrersClient(c)),
    ];
}
