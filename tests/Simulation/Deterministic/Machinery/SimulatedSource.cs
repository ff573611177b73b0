using System.Globalization;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>
/// A source that is asked: it answers with what it has said until now, page by page, from the watermark on, or from the
/// beginning where something is asked for by name. Now and then it does not answer to the end.
/// </summary>
internal sealed class SimulatedSource(Source source, Plan plan, TimeProvider clock, Life life, Scheduler scheduler) : ISourceClient
{
    private const int DocumentsPerPage = 2;
    private const int FailsOneIn = 6;

    public async IAsyncEnumerable<SourcePage> AskAsync(
        SourceQuestion question, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Delivery[] said = [.. plan.Deliveries.Where(d => d.Source == source && d.NotBefore <= clock.GetUtcNow())];
        int from = question.Targets.Count == 0 && question.Watermark is { } mark ? int.Parse(mark, CultureInfo.InvariantCulture) : 0;
        while (true)
        {
            await scheduler.PassAsync(life, Point.Ask, WireNames.Of(source));
            if (plan.Chance.OneIn(FailsOneIn) && !scheduler.IsCalm)
            {
                throw new SourceException(SourceTrouble.Truncated, "the answer ended before its end");
            }

            int next = Math.Min(from + DocumentsPerPage, said.Length);
            yield return new SourcePage
            {
                Documents = [.. said[Math.Min(from, next)..next].Select(d => new FetchedDocument(d.Format, d.Body))],
                Watermark = next.ToString(CultureInfo.InvariantCulture),
            };
            if (next == said.Length)
            {
                yield break;
            }

            from = next;
        }
    }
}
