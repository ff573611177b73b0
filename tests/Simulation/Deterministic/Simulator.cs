using ReleaseIntegrity.Simulation.Deterministic.Checking;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>What came of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Violation">What does not hold; null where everything does.</param>
/// <param name="Invariant">Which invariant that is.</param>
/// <param name="Points">Points that processes passed.</param>
/// <param name="Choices">Choices made by chance.</param>
/// <param name="Deliveries">What sources said, lost or not.</param>
/// <param name="Lost">Of that what was lost on its way, and only asking told.</param>
/// <param name="Pins">Pins and their taking back.</param>
/// <param name="Rebuilds">How often everything was sent once more.</param>
public sealed record Verdict(
    Case Case, string? Violation, string? Invariant, int Points, int Choices, int Deliveries, int Lost, int Pins, long Rebuilds)
{
    /// <summary>Whether everything holds.</summary>
    public bool Holds => Violation is null;
}

/// <summary>Runs cases one after the other, on the caller's thread. Not for sharing between threads.</summary>
public sealed class Simulator : IDisposable
{
    private readonly Databases _databases = new();

    /// <summary>Runs a case to its rest and checks it. The same case always gives the same run.</summary>
    /// <param name="case">The case.</param>
    /// <param name="trace">Told of everything that happens, or null.</param>
    public Verdict Run(Case @case, TextWriter? trace = null)
    {
        var world = new World(@case, _databases, new Trace(trace));
        string? violation = null, invariant = null;
        try
        {
            world.Run();
            Invariants.Check(world);
        }
        catch (ViolationException e)
        {
            violation = e.Message;
            invariant = e.Invariant;
        }

        return new Verdict(@case, violation, invariant, world.Scheduler.Passed, world.Choices, world.Deliveries.Count,
            world.Deliveries.Count(d => d.IsLost), world.Announced.Pins.Count, Composition.Count(world.Composition.Reconciler, "select count(*) from rebuild"));
    }

    /// <inheritdoc/>
    public void Dispose() => _databases.Dispose();
}
