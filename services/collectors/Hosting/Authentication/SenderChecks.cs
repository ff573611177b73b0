using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>From settings to the check of an endpoint.</summary>
internal static class SenderChecks
{
    /// <summary>The check of a credential that <see cref="CredentialRefusals"/> has nothing against; without one, of local callers.</summary>
    public static ISenderCheck Of(CredentialOptions? options, TimeProvider clock)
    {
        if (options is null)
        {
            return new LocalCallers();
        }

        CredentialScheme scheme = WireNames.Parse<CredentialScheme>(options.Scheme);
        string header = HeaderOf(options)!;
        return scheme switch
        {
            CredentialScheme.Github or CredentialScheme.Atlassian or CredentialScheme.Flux => new BodySignature(scheme, header, "sha256=", options.Secrets),
            CredentialScheme.Pagerduty => new BodySignature(scheme, header, "v1=", options.Secrets),
            CredentialScheme.Jfrog => new BodySignature(scheme, header, "", options.Secrets),
            CredentialScheme.StandardWebhooks =>
                new StandardWebhooks(header, options.Secrets, TimeSpan.FromSeconds(options.ToleranceSeconds), clock),
            CredentialScheme.Oidc => new OpenIdToken(options),
            CredentialScheme.Mtls => new ClientCertificate(options, header, clock),
            _ => new StaticSecret(scheme, header, options.Secrets),
        };
    }

    /// <summary>Where the sender's proof stands: a header, with <c>query</c> a parameter; null when the scheme is unknown.</summary>
    public static string? HeaderOf(CredentialOptions options) => options.Header ?? (!WireNames.TryParse(options.Scheme, out CredentialScheme scheme)
        ? null
        : scheme switch
        {
            CredentialScheme.Query => "token",
            CredentialScheme.GitlabToken => "X-Gitlab-Token",
            CredentialScheme.JfrogToken or CredentialScheme.Jfrog => "X-JFrog-Event-Auth",
            CredentialScheme.Github => "X-Hub-Signature-256",
            CredentialScheme.Atlassian => "X-Hub-Signature",
            CredentialScheme.Flux => "X-Signature",
            CredentialScheme.Pagerduty => "X-PagerDuty-Signature",
            CredentialScheme.StandardWebhooks => "webhook-signature",
            CredentialScheme.Mtls => "Client-Cert",
            _ => "Authorization",
        });
}
