namespace ReleaseIntegrity.Tests.Servers;

/// <summary>Where a server runs: the machine's loopback, or a network namespace.</summary>
/// <param name="Address">What it listens on, IPv4.</param>
/// <param name="Namespace">The network namespace; null for the machine's own.</param>
public sealed record Site(string Address, string? Namespace = null)
{
    /// <summary>The machine's own.</summary>
    public static Site Loopback { get; } = new("127.0.0.1");

    /// <summary>A command as it is started there.</summary>
    public IReadOnlyList<string> Command(string program) => Namespace is null ? [program] : ["ip", "netns", "exec", Namespace, program];
}
