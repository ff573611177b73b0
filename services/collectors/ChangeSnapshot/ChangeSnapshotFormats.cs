using ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats.CloudEvents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot;

/// <summary>The formats of the change-snapshot collector.</summary>
public static class ChangeSnapshotFormats
{
    // Documents number their versions up to 999, so that a new reading by code outranks every version of a document.
    private const int VersionsOfMapping = 1000;

    /// <summary>Every format of change records, the shared <c>cloudevents</c> among them.</summary>
    /// <param name="mappings">The mappings, <see cref="FieldMappings.Default"/> or a site's own.</param>
    public static IReadOnlyList<INormalizer> All(FieldMappings mappings) =>
    [
        new ServiceNowNormalizer(mappings["servicenow"]),
        new JiraNormalizer(mappings["jira"]),
        new GitHubNormalizer(mappings["github"]),
        new GitLabNormalizer(mappings["gitlab"]),
        new AzureDevOpsNormalizer(mappings["azure-devops"]),
        new PagerDutyNormalizer(mappings["pagerduty"]),
        new GiteaNormalizer(mappings["gitea"]),
        new ChangeEventsNormalizer(mappings["cdevents"]),
        new CloudEventsNormalizer(Source.ChangeSnapshot),
    ];

    /// <summary>The version of a reading: it rises with the code, and within it with the mapping document.</summary>
    internal static int MappingVersion(int codeVersion, FieldMapping mapping) =>
        (codeVersion * VersionsOfMapping) + mapping.Version;
}
