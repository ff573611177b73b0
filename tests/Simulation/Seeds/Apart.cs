using System.Runtime.ExceptionServices;
using ReleaseIntegrity.Simulation.Deterministic;

namespace ReleaseIntegrity.Tests.Simulation;

/// <summary>
/// Runs simulations on threads of their own: everything in one has to run on one thread, and the test runner's would put
/// what continues elsewhere.
/// </summary>
internal static class Apart
{
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>What comes of work on a simulation.</summary>
    public static T Run<T>(Func<Simulator, T> work) => Run(1, work)[0];

    /// <summary>What comes of the same work on several at once.</summary>
    public static IReadOnlyList<T> Run<T>(int threads, Func<Simulator, T> work)
    {
        var results = new T[threads];
        ExceptionDispatchInfo? failure = null;
        Thread[] all =
        [
            .. Enumerable.Range(0, threads).Select(i => new Thread(
                () =>
                {
                    try
                    {
                        using var simulation = new Simulator();
                        results[i] = work(simulation);
                    }
                    catch (Exception e)
                    {
                        failure = ExceptionDispatchInfo.Capture(e);
                    }
                },
                StackBytes)),
        ];
        Array.ForEach(all, t => t.Start());
        Array.ForEach(all, t => t.Join());
        failure?.Throw();
        return results;
    }
}
