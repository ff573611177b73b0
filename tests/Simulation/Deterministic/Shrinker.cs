namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>Makes a failing case smaller while it still breaks the same invariant: fewer deliveries, faults, acts and choices.</summary>
public sealed class Shrinker(Simulator simulation, int runLimit = 400)
{
    private int _runs;

    /// <summary>The smallest case found, and its verdict.</summary>
    public Verdict Shrink(Verdict failing)
    {
        _runs = 0;
        var plan = Plan.Of(failing.Case);
        Verdict best = simulation.Run(failing.Case with
        {
            Deliveries = failing.Case.Deliveries ?? [.. Enumerable.Range(0, plan.Deliveries.Count)],
            Faults = failing.Case.Faults ?? [.. Enumerable.Range(0, plan.Faults.Count)],
            Acts = failing.Case.Acts ?? [.. Enumerable.Range(0, plan.Acts.Count)],
        });
        for (string before = ""; before != best.Case.ToString() && _runs < runLimit;)
        {
            before = best.Case.ToString();
            best = Fewer(best, c => c.Faults!, (c, faults) => c with { Faults = faults });
            best = Fewer(best, c => c.Acts!, (c, acts) => c with { Acts = acts });
            best = Fewer(best, c => c.Deliveries!, (c, deliveries) => c with { Deliveries = deliveries });
            best = Calmer(best);
        }

        return best;
    }

    // Halves first, then one by one.
    private Verdict Fewer(Verdict best, Func<Case, IReadOnlyList<int>> of, Func<Case, IReadOnlyList<int>, Case> with)
    {
        for (int size = Math.Max(1, of(best.Case).Count / 2); size > 0; size /= 2)
        {
            for (int start = 0; start < of(best.Case).Count;)
            {
                int from = start;
                int[] rest = [.. of(best.Case).Where((_, i) => i < from || i >= from + size)];
                Verdict smaller = Better(best, with(best.Case, rest));
                start += smaller == best ? size : 0;
                best = smaller;
            }
        }

        return best;
    }

    private Verdict Calmer(Verdict best)
    {
        for (int limit = best.Choices / 2, step = limit; step > 0; step /= 2)
        {
            Verdict calmer = Better(best, best.Case with { Choices = limit });
            limit += calmer == best ? step / 2 : -step / 2;
            best = calmer;
        }

        return best;
    }

    private Verdict Better(Verdict best, Case candidate)
    {
        if (_runs++ >= runLimit)
        {
            return best;
        }

        Verdict verdict = simulation.Run(candidate);
        return verdict.Invariant == best.Invariant ? verdict : best;
    }
}
