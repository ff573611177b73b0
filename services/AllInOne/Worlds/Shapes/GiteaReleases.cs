namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>A release of source code, as Gitea's webhook tells it: it has no member for an artifact.</summary>
internal static class GiteaReleases
{
    /// <summary>One that was published.</summary>
    public static Message Published(int id, DateTimeOffset at) => Message.Of(
        "gitea",
        $$$"""{"action":"published","release":{"id":{{{id}}},"tag_name":"v{{{id}}}","target_commitish":"main","name":"v{{{id}}}","draft":false,"prerelease":false,"created_at":"{{{at.Text()}}}","published_at":"{{{at.Text()}}}"},"repository":{"full_name":"acme/shop","html_url":"https://git.acme.example/acme/shop"}}""");
}
