namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>How the process is to serve.</summary>
internal sealed record ServeRequest
{
    /// <summary>Where the collectors and the JSON form of the handoff listen when nothing is said.</summary>
    public const string DefaultUrl = "http://127.0.0.1:7421";

    /// <summary>Where the gRPC handoff listens when nothing is said.</summary>
    public const int DefaultGrpcPort = 7420;

    /// <summary>Everything that is kept: notifications, evidence, packages, the token key, settings.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A policy file; null for the shipped policy.</summary>
    public string? Policy { get; init; }

    /// <summary>Where the collectors and the JSON form of the handoff listen.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    /// <summary>The port of the gRPC handoff, always on loopback; 0 for a free one.</summary>
    public int GrpcPort { get; init; } = DefaultGrpcPort;

    /// <summary>Whether ordinary events are logged, or only what went wrong.</summary>
    public bool Quiet { get; init; }
}
