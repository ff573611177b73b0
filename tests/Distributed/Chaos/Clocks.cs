using System.Diagnostics;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>
/// A wall clock per replica, which can be set while it runs. Debian's <c>libfaketime</c> would do the same, and triples what a
/// .NET process costs; <c>clock.c</c> costs next to nothing, and a C compiler.
/// </summary>
internal sealed class Clocks
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Deployment _deployment;
    private readonly string _library;

    private Clocks(Deployment deployment, string library)
    {
        _deployment = deployment;
        _library = library;
    }

    /// <summary>Clocks for the replicas of a deployment; null and the reason where there can be none.</summary>
    public static async Task<(Clocks? Made, string? WhyNot)> TryMakeAsync(Deployment deployment)
    {
        string library = deployment.Write("clock.so", "");
        string source = Path.Combine(Running.Program.Root, "tests/Distributed/Chaos/clock.c");
        try
        {
            Outcome compiled = await Outcome.OfAsync(new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O2", "-o", library, source]), Limit);
            return compiled.Code == 0 ? (new Clocks(deployment, library), null) : (null, $"gcc: {compiled.Error.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (null, $"gcc: {missing.Message}");
        }
    }

    /// <summary>The environment in which a replica has a clock of its own.</summary>
    public IEnumerable<(string Name, string Value)> Environment(string replica)
    {
        _files[replica] = _deployment.Write($"clocks/{replica}", "");
        Set(replica, TimeSpan.Zero);
        return [("LD_PRELOAD", _library), ("CHAOS_CLOCK_FILE", _files[replica])];
    }

    /// <summary>A replica's clock is wrong by so much, to the second.</summary>
    public void Set(string replica, TimeSpan by)
    {
        using FileStream file = File.OpenWrite(_files[replica]);
        file.Write(BitConverter.GetBytes((long)by.TotalSeconds));
    }
}
