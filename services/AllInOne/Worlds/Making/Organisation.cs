using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>One cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">How it tells what runs.</param>
/// <param name="Architecture">Which manifest of an index its nodes run.</param>
/// <param name="ReportsIndex">Its runtime reports the index and not the manifest.</param>
/// <param name="ReportsConfig">Its runtime reports the configuration, which nobody can compare.</param>
internal sealed record Cluster(string Name, RuntimeShape Shape, int Architecture, bool ReportsIndex, bool ReportsConfig);

/// <summary>Who releases: one registry, one ledger, one change system and a few clusters, each of some make.</summary>
internal sealed record Organisation
{
    private static readonly string[] Regions = ["prod-eu-1", "prod-us-2", "prod-ap-3", "prod-eu-4"];

    public required RegistryShape Registry { get; init; }

    public required Func<Signing, Message> Ledger { get; init; }

    /// <summary>The ledger's log, hex.</summary>
    public required string Log { get; init; }

    public required Func<Change, Message> ChangeSystem { get; init; }

    public required IReadOnlyList<Cluster> Clusters { get; init; }

    /// <summary>Ledger entries name tags.</summary>
    public required bool SignsTags { get; init; }

    /// <summary>Signers have certificates.</summary>
    public required bool HasCertificates { get; init; }

    /// <summary>Founds one.</summary>
    public static Organisation Found(Chance chance, WorldOptions options) => new()
    {
        Registry = chance.Pick(Registries.All),
        Ledger = chance.Pick(Ledgers.All),
        Log = chance.Hex(64),
        ChangeSystem = chance.Pick(Changes.All),
        Clusters = [.. Regions.Take(chance.Between(1, Math.Clamp(options.MostClusters, 1, Regions.Length))).Select(name => new Cluster(
            name, chance.Pick(Runtimes.All), chance.Between(0, 1), chance.Happens(0.4), chance.Happens(0.05)))],
        SignsTags = chance.Happens(0.6),
        HasCertificates = chance.Happens(0.7),
    };
}
