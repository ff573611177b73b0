namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>How a sender proves that it is one. The published name is the member's, in kebab-case.</summary>
public enum CredentialScheme
{
    /// <summary>The secret in a header, default <c>Authorization</c>, where it may stand alone or after <c>Bearer</c>.</summary>
    Static,

    /// <summary>The secret in a parameter of the URL, default <c>token</c>: for senders that know no header, as Docker Hub.</summary>
    Query,

    /// <summary>GitLab's secret token: the secret in <c>X-Gitlab-Token</c>.</summary>
    GitlabToken,

    /// <summary>Artifactory without payload signing: the secret in <c>X-JFrog-Event-Auth</c>.</summary>
    JfrogToken,

    /// <summary>Artifactory's payload signing: <c>X-JFrog-Event-Auth</c> is the hex HMAC-SHA256 of the body.</summary>
    Jfrog,

    /// <summary>GitHub, also Gitea: <c>X-Hub-Signature-256</c> is <c>sha256=</c> and the hex HMAC-SHA256 of the body.</summary>
    Github,

    /// <summary>Jira: the same in <c>X-Hub-Signature</c> (WebSub, section 8).</summary>
    Atlassian,

    /// <summary>Flux's <c>generic-hmac</c> provider: the same in <c>X-Signature</c>.</summary>
    Flux,

    /// <summary>PagerDuty: <c>X-PagerDuty-Signature</c> is <c>v1=</c> and the hex HMAC-SHA256 of the body; several with commas.</summary>
    Pagerduty,

    /// <summary>Standard Webhooks, Svix, GitLab's signing token: id, time and body are signed.</summary>
    StandardWebhooks,

    /// <summary>A JSON Web Token of an OpenID provider after <c>Bearer</c>, as Google's Pub/Sub and Azure's Event Grid send it.</summary>
    Oidc,

    /// <summary>The sender's TLS certificate, by thumbprint or authority, as Quay and ServiceNow show it.</summary>
    Mtls,
}
