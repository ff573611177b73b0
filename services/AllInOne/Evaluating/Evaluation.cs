using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>Runs many worlds over all cores. The figures don't depend on how many there are, times apart.</summary>
internal static class Evaluation
{
    /// <summary>Runs them.</summary>
    /// <param name="request">Which.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="judge">What is evaluated.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <returns>The results, by seed.</returns>
    public static IReadOnlyList<WorldResult> Run(EvaluationRequest request, Policy policy, Judge judge, IProgressReport progress)
    {
        var results = new WorldResult[request.Worlds];
        progress.Begin("worlds", request.Worlds);
        Parallel.For(0, request.Worlds, i =>
        {
            World world = World.Generate(unchecked(request.Seed + i), request.Options);
            results[i] = new WorldRun(world, policy, judge).Run(request.Orders);
            lock (progress)
            {
                progress.Advance(1);
            }
        });
        return results;
    }
}
