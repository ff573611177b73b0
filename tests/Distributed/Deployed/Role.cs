using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>A service of which any number of replicas can run.</summary>
/// <param name="Name">Its name; of a collector: the source.</param>
/// <param name="Program">Its program.</param>
internal sealed record Role(string Name, Program Program)
{
    /// <summary>The four collectors, in the order of <see cref="Sources.All"/>.</summary>
    public static IReadOnlyList<Role> Collectors { get; } =
    [
        Collector("artifact-registry", "ArtifactRegistry"),
        Collector("signature-ledger", "SignatureLedger"),
        Collector("change-snapshot", "ChangeSnapshot"),
        Collector("runtime-validation", "RuntimeValidation"),
    ];

    /// <summary>The reconciler.</summary>
    public static Role Reconciler { get; } = new("reconciler", new Program("services/reconciler/Service", "ReleaseIntegrity.Reconciler"));

    /// <summary>The handoff.</summary>
    public static Role Handoff { get; } = new("handoff", new Program("services/handoff/Service", "ReleaseIntegrity.Handoff"));

    /// <summary>All services, along the path of the data.</summary>
    public static IReadOnlyList<Role> All { get; } = [.. Collectors, Reconciler, Handoff];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Role Collector(string source, string project) =>
        new(source, new Program($"services/collectors/{project}", $"ReleaseIntegrity.Collectors.{project}"));
}
