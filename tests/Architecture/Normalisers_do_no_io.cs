using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// A normaliser is a function of the kept bytes: run again after a mapping fix, on any machine, it says the same. So
/// the formats and the collectors' own code touch no file, no socket, no clock and no chance; what starts a collector
/// as a process may.
/// </summary>
public sealed class Normalisers_do_no_io
{
    /// <summary>Namespaces and types whose mere use is a side effect; streams in memory are none.</summary>
    private static readonly string[] Effects =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo",
        "System.IO.FileSystemWatcher", "System.IO.RandomAccess", "System.Net.Http.", "System.Net.Sockets.", "System.Net.Dns",
        "System.Diagnostics.Process", "System.Console",
        "System.Random", "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Threading.Thread", "System.Threading.Timer",
        "System.Security.Cryptography.RandomNumberGenerator", "Microsoft.Data.", "Dapper.",
    ];

    private static readonly string[] EffectMembers =
    [
        "System.DateTimeOffset.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTime.get_UtcNow",
        "System.DateTime.get_Now", "System.Guid.NewGuid", "System.Environment.GetEnvironmentVariable",
    ];

    /// <summary>Reads the configured mapping once, before there is any notification.</summary>
    private const string MappingLoader = "ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping.FieldMappings";

    [Fact]
    public void The_formats_and_the_normalisers_are_functions_of_the_kept_bytes()
    {
        CompiledCode[] assemblies = [.. CompiledCode.Product.Where(IsOfNormalisers)];

        Assert.Equal(5, assemblies.Length);
        Assert.All(assemblies.Where(a => !a.Name.EndsWith(".Formats", StringComparison.Ordinal)), HasNormalisers);
        Rule.Holds(assemblies.SelectMany(SideEffects));
    }

    [Fact]
    public void A_reader_that_is_seeded_is_seen()
    {
        string[] found = [.. SideEffects(CompiledCode.Seeded(typeof(Seeded.FileReader), typeof(Seeded.ClockReader)))];

        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.FileReader uses System.IO.File.ReadAllText", found);
        Assert.Contains(found, f => f.Contains("FileReader uses System.Net.Http.HttpClient", StringComparison.Ordinal));
        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.ClockReader uses System.DateTimeOffset.get_UtcNow", found);
    }

    private static bool IsOfNormalisers(CompiledCode code) =>
        code.Name.StartsWith("ReleaseIntegrity.Collectors.", StringComparison.Ordinal) && code.Name != "ReleaseIntegrity.Collectors.Hosting";

    private static void HasNormalisers(CompiledCode code) => Assert.Contains(
        code.Types, t => t.EndsWith("Formats", StringComparison.Ordinal));

    private static IEnumerable<string> SideEffects(CompiledCode code) => code.Uses
        .Where(u => !IsStart(code, u.Type))
        .Where(u => EffectMembers.Contains($"{u.Used}.{u.Member}") || Effects.Any(e => e.EndsWith('.')
            ? u.Used.StartsWith(e, StringComparison.Ordinal)
            : u.Used == e))
        .Select(u => u.ToString());

    /// <summary>The process's entry, the registration at a host, and the loop that asks the source again.</summary>
    private static bool IsStart(CompiledCode code, string type) =>
        type == $"{code.Name}.Program"
        || type == MappingLoader
        || type == $"{code.Name}.{code.Name.Split('.')[^1]}Collector"
        || type.StartsWith($"{code.Name}.Resync.", StringComparison.Ordinal);
}
