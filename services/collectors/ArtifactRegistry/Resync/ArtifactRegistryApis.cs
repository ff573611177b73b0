using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Resync;

/// <summary>The APIs by which registries can be asked.</summary>
public static class ArtifactRegistryApis
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SourceApi> All() =>
    [
        new(OciDistributionClient.Format, c => new OciDistributionClient(c)) { Refusals = Repositories },
        new(HarborClient.Format, c => new HarborClient(c))
        {
            Refusals = o => Repositories(o).Concat(o.Only.Where(r => !r.Contains('/')).Select(
                _ => "Only must name repositories with their project; write for example: \"Only\": [\"payments/checkout\"]")),
        },
    ];

    private static IEnumerable<string> Repositories(ResyncOptions options) =>
        options.Only.Any(r => !ImageReference.IsRepository(r))
            ? ["Only must name repositories without host and tag; write for example: \"Only\": [\"payments/checkout\"]"]
            : [];
}
