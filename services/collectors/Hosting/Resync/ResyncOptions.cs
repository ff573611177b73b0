namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>One source instance to ask: <c>Collector:Resync:NAME</c>. Checked at start-up.</summary>
public sealed class ResyncOptions
{
    /// <summary>Which API it speaks; the collector's README lists what it knows.</summary>
    public string Api { get; set; } = "";

    /// <summary>Where it is: <c>https://registry.example.com</c>. Plain http only on this machine, unless <see cref="AllowPlainHttp"/>.</summary>
    public string Address { get; set; } = "";

    /// <summary>What its records call the instance, where it is not the one of the format's endpoint.</summary>
    public string? Instance { get; set; }

    /// <summary>Whether credentials and answers may travel without TLS over a network.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>What it is shown; without one it is asked anonymously.</summary>
    public SourceCredentialOptions? Credential { get; set; }

    /// <summary>PEM file with the authorities that its certificate may come from, instead of the system's.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>How often it is asked, in seconds, give or take a tenth. Default 300.</summary>
    public int EverySeconds { get; set; } = 300;

    /// <summary>How long it is left alone at least between two questions, however often it is hinted at, in seconds. Default 5.</summary>
    public int PauseSeconds { get; set; } = 5;

    /// <summary>How long one answer may take, its body included, in seconds. Default 30.</summary>
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>How often a request is tried again within its time, with growing pauses. Default 3.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>Largest answer that is taken, in bytes. Default 16 MiB.</summary>
    public int MaxAnswerBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Requests at once. Default 4.</summary>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>Records per page where the API pages. Default 100.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>
    /// What to read there, where it is not everything: repositories (<c>oci-distribution</c>, <c>oci-referrers</c>,
    /// <c>harbor</c> as <c>project/repository</c>), namespaces (<c>kubernetes</c>).
    /// </summary>
    public IList<string> Only { get; } = [];

    /// <summary>Which records: an encoded query (<c>servicenow</c>) or JQL (<c>jira</c>), without an order.</summary>
    public string? Query { get; set; }

    /// <summary>The table (<c>servicenow</c>). Default <c>change_request</c>.</summary>
    public string Table { get; set; } = "change_request";

    /// <summary>
    /// Where the first question begins: a log index (<c>rekor-v1</c>, <c>rekor-v2</c>), a UTC time
    /// <c>yyyy-MM-dd HH:mm:ss</c> (<c>servicenow</c>, <c>jira</c>). Default: at the beginning.
    /// </summary>
    public string? From { get; set; }

    /// <summary>The id of the log (<c>rekor-v2</c>): 32 bytes in base64, as <c>trusted_root.json</c> has it, or in hex.</summary>
    public string? LogId { get; set; }
}

/// <summary>What a source is shown. A secret stands here, in the environment or in a file; it is never logged.</summary>
public sealed class SourceCredentialOptions
{
    /// <summary>The user of basic authentication, or the client id with <see cref="TokenAddress"/>; none: the secret is a bearer token.</summary>
    public string? User { get; set; }

    /// <summary>The password, token or client secret.</summary>
    public string? Secret { get; set; }

    /// <summary>A file with the secret, read again for every question: mounted tokens are renewed.</summary>
    public string? SecretFile { get; set; }

    /// <summary>Another header than <c>Authorization</c>, which then carries the bare secret.</summary>
    public string? Header { get; set; }

    /// <summary>Where OAuth 2 client credentials are exchanged for a token.</summary>
    public string? TokenAddress { get; set; }
}
