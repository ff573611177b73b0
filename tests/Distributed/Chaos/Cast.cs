using ReleaseIntegrity.Tests.Distributed.Deployed;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>How many replicas of each service there are.</summary>
internal sealed record Cast(int Collectors, int Reconcilers, int Handoffs)
{
    /// <summary>Nodes of the broker.</summary>
    public const int Nodes = 3;

    /// <summary>A role for each replica.</summary>
    public IEnumerable<Role> Roles => Role.Collectors.SelectMany(r => Enumerable.Repeat(r, Collectors))
        .Concat(Enumerable.Repeat(Role.Reconciler, Reconcilers))
        .Concat(Enumerable.Repeat(Role.Handoff, Handoffs));

    /// <summary>The names of all replicas.</summary>
    public IReadOnlyList<string> Replicas => [.. Roles.GroupBy(r => r.Name).SelectMany(g => g.Select((_, i) => Replica.NameOf(g.First(), i + 1)))];
}
