using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>
/// How one source's collector runs; the configuration section is <c>Collector</c> in a service of its own. Checked at
/// start-up, with a fix that can be pasted for everything that is refused.
/// </summary>
public sealed class CollectorOptions
{
    /// <summary>
    /// Where the collector's store is: by default the file <c>SOURCE.db</c> in the folder <c>data</c>. A service of its own
    /// has it from the section <c>Store</c>.
    /// </summary>
    public StoreOptions Store { get; set; } = new();

    /// <summary>The source instance, where payloads can not say it and no format has one of its own.</summary>
    public string? Instance { get; set; }

    /// <summary>
    /// What a sender must show, for formats without a credential of their own. Without any, notifications are taken
    /// only over loopback addresses.
    /// </summary>
    public CredentialOptions? Credential { get; set; }

    /// <summary>
    /// What a reader of <c>/notifications/{id}</c>, <c>/items</c> and <c>/counts</c> must show; default: <see cref="Credential"/>,
    /// unless that signs bodies, which a reader has none of: then only programs on this machine read.
    /// </summary>
    public CredentialOptions? ReadCredential { get; set; }

    /// <summary>
    /// What an operator must show, to see what was kept as it is, to have it read again, and to drop it. Without one only
    /// programs on this machine may: a sender's secret does not open this.
    /// </summary>
    public CredentialOptions? OperatorCredential { get; set; }

    /// <summary>
    /// Origins that may send CloudEvents here, as their <c>WebHook-Request-Origin</c> says it (<c>eventgrid.azure.net</c>), or
    /// <c>*</c> for any. Who asks and isn't among them is refused the handshake; every notification needs its credential
    /// nonetheless. Default none.
    /// </summary>
    public IList<string> WebHookOrigins { get; } = [];

    /// <summary>Notifications per minute that such an origin is allowed; 0, the default, for as many as it likes.</summary>
    public int WebHookRatePerMinute { get; set; }

    /// <summary>Settings per format, by its name.</summary>
    public Dictionary<string, FormatOptions> Formats { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Headers to keep with the notification besides <c>content-type</c>, <c>ce-*</c> and the delivery ids that formats
    /// define. They tell contents apart: the same body with another value is another content. A header that carries a
    /// credential is refused.
    /// </summary>
    public IList<string> KeptHeaders { get; } = [];

    /// <summary>Source instances to ask what pushes lost, by a name of their own.</summary>
    public Dictionary<string, Resync.ResyncOptions> Resync { get; } = new(StringComparer.Ordinal);

    /// <summary>For how long the bytes of notifications are kept. Default: for ever.</summary>
    public Retention.RetentionOptions Retention { get; } = new();

    /// <summary>Largest body in bytes, 413 above. Default 4 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bodies in memory at once, in bytes; 503 above. Default 256 MiB.</summary>
    public long MaxBytesInFlight { get; set; } = 256L * 1024 * 1024;

    /// <summary>Kept notifications that wait to be normalised; 503 above. Default 100,000.</summary>
    public int MaxBacklog { get; set; } = 100_000;

    /// <summary>What a sender is told to wait when the intake is full, in seconds. Default 5.</summary>
    public int RetryAfterSeconds { get; set; } = 5;

    /// <summary>Notifications normalised at once. Default: the number of processors, at most 4.</summary>
    public int NormaliseConcurrency { get; set; } = Math.Min(4, Environment.ProcessorCount);

    /// <summary>Observations per published message; a longer notification is split. Default 100.</summary>
    public int ObservationsPerMessage { get; set; } = 100;
}

/// <summary>What one format's endpoint has of its own.</summary>
public sealed class FormatOptions
{
    /// <summary>The source instance behind this endpoint.</summary>
    public string? Instance { get; set; }

    /// <summary>What its senders must show.</summary>
    public CredentialOptions? Credential { get; set; }
}
