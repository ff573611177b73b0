using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Resync;

/// <summary>The APIs by which change systems can be asked.</summary>
public static class ChangeSnapshotApis
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SourceApi> All() =>
    [
        new(ServiceNowClient.Format, c => new ServiceNowClient(c)) { Refusals = ServiceNowClient.Refusals, TakesEveryHint = true },
        new(JiraClient.Format, c => new JiraClient(c)) { Refusals = JiraClient.Refusals, TakesEveryHint = true },
        new(JiraClient.CloudApi, c => new JiraClient(c)) { Refusals = JiraClient.Refusals, TakesEveryHint = true },
    ];
}
