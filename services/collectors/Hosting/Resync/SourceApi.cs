namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>An API that a collector can ask.</summary>
/// <param name="Name">What <see cref="ResyncOptions.Api"/> says.</param>
/// <param name="Connect">Makes the client of one instance.</param>
public sealed record SourceApi(string Name, Func<SourceConnection, ISourceClient> Connect)
{
    /// <summary>Whether hints of this source may be about any instance: ledgers' hints name a hash, and no log.</summary>
    public bool TakesEveryHint { get; init; }

    /// <summary>What of the settings the API can't work with, each with what to write instead.</summary>
    public Func<ResyncOptions, IEnumerable<string>> Refusals { get; init; } = _ => [];
}

/// <summary>What the client of one source instance is given.</summary>
public sealed record SourceConnection
{
    /// <summary>The settings of the instance.</summary>
    public required ResyncOptions Options { get; init; }

    /// <summary>The way to the source.</summary>
    public required SourceHttp Http { get; init; }

    /// <summary>Where it is; ends with a slash.</summary>
    public required Uri Address { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What records of a format call the instance: configured, else the address's host.</summary>
    public required Func<string, string?> InstanceOf { get; init; }
}
