using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>Packages without content, as lists show them. What of them follows from content is kept, so that content is read once.</summary>
internal sealed class PackageSummaries(MaskedDocuments documents)
{
    /// <summary>The packages of some rows, in their order; contents are read of those alone that aren't known.</summary>
    public async Task<IReadOnlyList<CorrectionPackage>> OfAsync(StoreSnapshot snapshot, IReadOnlyList<PackageRow> heads)
    {
        CorrectionPackage?[] known = [.. heads.Select(h => documents.Summary(h.PackageId))];
        IReadOnlyDictionary<long, string> contents = await HandoffQueries.ContentsAsync(
            snapshot, [.. heads.Where((_, i) => known[i] is null).Select(h => h.PackageNo)]);
        return
        [
            .. heads.Select((head, i) => PackageMessages.Stand(
                (known[i] ?? documents.Summarise(head with { Content = contents[head.PackageNo] })).Clone(), head)),
        ];
    }
}
