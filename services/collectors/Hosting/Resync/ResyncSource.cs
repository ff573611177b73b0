namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>One configured source instance: what asks it, and what wakes its loop.</summary>
internal sealed class ResyncSource(string name, ResyncOptions options, Uri address, ISourceClient client, TimeProvider clock)
{
    /// <summary>As configured.</summary>
    public string Name => name;

    public ResyncOptions Options => options;

    public ISourceClient Client => client;

    /// <summary>API, address and what of it is read: where one differs, what was known is another source's.</summary>
    public string Asked { get; } = $"{options.Api} {address} {string.Join(',', options.Only)}".TrimEnd();

    /// <summary>Given when it is to be asked soon.</summary>
    public Storage.WakeSignal Wake { get; } = new(clock);

    /// <summary>Whether hints are its business whatever instance they name.</summary>
    public bool TakesEveryHint { get; init; }

    /// <summary>Whether a hint that names an instance may mean this one: one that names none may mean any.</summary>
    public bool MayBe(string? instance) => TakesEveryHint || string.IsNullOrEmpty(instance) || Names.Contains(instance);

    private HashSet<string> Names { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        name, options.Instance ?? "", address.Host, address.IsDefaultPort ? "" : address.Authority,
    };
}
