using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// MassTransit may be exchanged one day, so it stays where messages come in and go out. What is folded, stored, masked
/// and normalised does not know it.
/// </summary>
public sealed class Only_the_edges_know_the_bus
{
    /// <summary>The namespaces that take messages, drive the saga or set the bus up, and why each may.</summary>
    private static readonly string[] Edges =
    [
        "ReleaseIntegrity.Messaging", // the bus itself
        "ReleaseIntegrity.Reconciling.Lifecycle", // the saga state machine and its repository
        "ReleaseIntegrity.Handoff.Feed", // consumers
        "ReleaseIntegrity.AllInOne.Hosting", // one bus for all services of the process
    ];

    /// <summary>Single types outside those: consumers beside what they feed, and registrations.</summary>
    private static readonly string[] EdgeTypes =
    [
        "ReleaseIntegrity.Reconciling.Folding.ObservationsConsumer",
        "ReleaseIntegrity.Reconciling.Folding.ObservationsConsumerDefinition",
        "ReleaseIntegrity.Reconciling.Folding.SourcesHeardConsumer",
        "ReleaseIntegrity.Reconciling.Folding.SourcesHeardConsumerDefinition",
        "ReleaseIntegrity.Reconciling.Folding.PinsConsumer",
        "ReleaseIntegrity.Reconciling.Folding.PinsConsumerDefinition",
        "ReleaseIntegrity.Reconciling.Rebuilding.RebuildsConsumer",
        "ReleaseIntegrity.Reconciling.Rebuilding.RebuildsConsumerDefinition",
        "ReleaseIntegrity.Reconciling.ReconcilerServices",
        "ReleaseIntegrity.Handoff.HandoffHosting",
        "Program", // a service's top-level statements
    ];

    /// <summary>Assemblies that have no edge at all.</summary>
    private static readonly string[] Inner =
    [
        "ReleaseIntegrity.Contracts", "ReleaseIntegrity.Core", "ReleaseIntegrity.Policies", "ReleaseIntegrity.Storage",
        "ReleaseIntegrity.Masking", "ReleaseIntegrity.Export", "ReleaseIntegrity.Auditing", "ReleaseIntegrity.Collectors.Formats",
        "ReleaseIntegrity.Collectors.Hosting",
    ];

    [Fact]
    public void The_core_the_stores_and_the_formats_do_not_refer_to_it() =>
        Rule.Holds(Inner.Select(CompiledCode.Of).Where(RefersToIt).Select(c => c.Name));

    [Fact]
    public void Elsewhere_only_consumers_the_saga_and_registrations_use_it() =>
        Rule.Holds(CompiledCode.Product.SelectMany(Strangers));

    [Fact]
    public void A_listener_that_is_seeded_is_seen()
    {
        CompiledCode seeded = CompiledCode.Seeded(typeof(Seeded.BusListener));

        Assert.True(RefersToIt(seeded));
        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.BusListener uses MassTransit.IConsumer`1", Strangers(seeded));
    }

    private static bool RefersToIt(CompiledCode code) =>
        code.References.Any(r => r.StartsWith("MassTransit", StringComparison.Ordinal));

    private static IEnumerable<string> Strangers(CompiledCode code) => code.Uses
        .Where(u => u.Used.StartsWith("MassTransit.", StringComparison.Ordinal))
        .Where(u => !EdgeTypes.Contains(u.Type) && !Edges.Any(e => u.Type.StartsWith(e + ".", StringComparison.Ordinal)))
        .Select(u => u.ToString());
}
