using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff;

/// <summary>How the handoff runs.</summary>
public sealed record HandoffOptions
{
    /// <summary>Where the handoff's own store is.</summary>
    public required StoreOptions Store { get; init; }

    /// <summary>The key of all tokens and tuple ids. With another key the same store shows other tokens and ids.</summary>
    public required TokenKey TokenKey { get; init; }

    /// <summary>Whose tokens are let in.</summary>
    public required AccessOptions Access { get; init; }

    /// <summary>Signs exported packages; without it none is exported.</summary>
    public ExportKey? ExportKey { get; init; }

    /// <summary>Watchers at one time; more are refused with RESOURCE_EXHAUSTED. Default 1,000.</summary>
    public int MaximumWatchers { get; init; } = 1000;

    /// <summary>Changes that may wait for one slow watcher before its stream is closed. Default 256.</summary>
    public int WatchQueueLength { get; init; } = 256;

    /// <summary>
    /// The fields whose repairs two persons have to authorise: names of fields, or of mask classes for all of their fields.
    /// Default none.
    /// </summary>
    public IReadOnlyCollection<string> TwoPersonFields { get; init; } = [];

    /// <summary>How many fields one discloser may reveal in an hour. Default 60.</summary>
    public int RevealsPerHour { get; init; } = 60;

    /// <summary>How far ahead a pin may expire. Default 30 days.</summary>
    public TimeSpan MaximumPinDuration { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The longest request that is read, gRPC or JSON, in bytes. Default 64 KiB.</summary>
    public int MaximumRequestBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// The longest message that is sent, in bytes; a longer one is RESOURCE_EXHAUSTED. Default 16 MiB. gRPC clients take 4 MiB
    /// unless they are told to take more.
    /// </summary>
    public int MaximumResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long an HTTP/2 connection may be silent before it is asked whether it is still there. Default 30 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the answer may take before the connection is closed. Default 20 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Origins of web pages that may call over gRPC-Web and JSON from a browser: <c>https://desk.example.com</c>. Default none.</summary>
    public IReadOnlyCollection<string> Origins { get; init; } = [];

    /// <summary>
    /// How often the store is asked for what another process wrote; what this one writes is seen at once. Default 1 s.
    /// </summary>
    public TimeSpan WatchPollInterval { get; init; } = TimeSpan.FromSeconds(1);
}
