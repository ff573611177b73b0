using System.Collections.Concurrent;
using System.Security.Cryptography;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Running.Traffic;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>
/// Generated worlds, one after the other, sent to the collectors in the sources' own formats. Each source sends by itself,
/// in the order of its worlds, and goes on for some of them while another one's collector is away.
/// </summary>
/// <param name="deployment">Who gets it.</param>
/// <param name="seed">The first world's seed.</param>
internal sealed class Load(Deployment deployment, int seed)
{
    private const int SendersPerSource = 3;
    private const int MostWorldsAhead = 4;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Headers =
    [
        "content-location", "date", "docker-content-digest", "idempotency-key", "x-cluster-id", "x-github-delivery", "x-github-event", "x-gitlab-event",
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ConcurrentQueue<(IReadOnlyList<Sent> Sent, Senders Senders)>> _rounds =
        Sources.All.ToDictionary(s => s, _ => new ConcurrentQueue<(IReadOnlyList<Sent>, Senders)>(), StringComparer.Ordinal);

    private int _furthest;
    private int _last = int.MaxValue;

    /// <summary>What collectors have to be told to keep of the headers, besides what they always keep.</summary>
    public static IEnumerable<(string Name, string Value)> Settings => Headers.Select((name, i) => ($"Collector:KeptHeaders:{i}", name));

    /// <summary>Whether everything is sent, or something can't be.</summary>
    public bool IsOver { get; private set; }

    /// <summary>How many worlds were sent.</summary>
    public int Worlds => _furthest;

    /// <summary>Everything that was sent.</summary>
    public IReadOnlyList<Sent> Sent => [.. _rounds.Values.SelectMany(r => r).SelectMany(r => r.Sent)];

    /// <summary>Everything that was accepted.</summary>
    public IReadOnlyCollection<Accepted> Accepted => [.. _rounds.Values.SelectMany(r => r).SelectMany(r => r.Senders.Accepted)];

    /// <summary>How often a collector answered 503.</summary>
    public int Refused => _rounds.Values.SelectMany(r => r).Sum(r => r.Senders.Refused);

    /// <summary>How many notifications of a source were accepted so far.</summary>
    public int AcceptedOf(string source) => _rounds[source].Sum(r => r.Senders.Accepted.Count);

    /// <summary>Sends until <see cref="Finish"/>, and then the rest of the worlds that were begun; returns when all of it is accepted.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var sources = Enum.GetValues<Source>().Select(s => Task.Run(() => SendAllAsync(s, cancellationToken), cancellationToken)).ToList();
        try
        {
            await foreach (Task source in Task.WhenEach(sources))
            {
                // An answer that no collector may give fails it at once.
                await source;
            }
        }
        finally
        {
            IsOver = true;
        }
    }

    /// <summary>Waits until every collector has accepted something.</summary>
    public Task IsUnderWayAsync(Func<string> log) =>
        Eventually.IsTrueAsync("the load is under way", () => Task.FromResult(Sources.All.All(s => AcceptedOf(s) > 0)), log);

    /// <summary>No further world is begun.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            _last = _furthest;
        }
    }

    /// <summary>Sends a notification of a source once more, once; whether it is accepted.</summary>
    public async Task<bool> IsAcceptedAsync(string source)
    {
        (IReadOnlyList<Sent> sent, Senders senders) = _rounds[source].First();
        return await senders.TrySendAsync(sent[0], TestContext.Current.CancellationToken) is not null;
    }

    private async Task SendAllAsync(Source source, CancellationToken cancellationToken)
    {
        string name = WireNames.Of(source);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (World world in World.Stream(seed))
        {
            while (number >= _rounds.Values.Min(r => r.Count) + MostWorldsAhead)
            {
                await Task.Delay(Pause, cancellationToken);
            }

            if (!Begins(++number))
            {
                return;
            }

            // Bytes with one set of headers: what a collector says of a delivery doesn't tell two apart.
            Sent[] mine =
            [
                .. from d in world.Deliveries
                   where d.Source == source
                   let its = string.Join('\n', d.Headers)
                   where headers.TryAdd(Convert.ToHexString(SHA256.HashData(d.Body.Span)), its)
                       || headers[Convert.ToHexString(SHA256.HashData(d.Body.Span))] == its
                   select new Sent(name, d.Format, d.Body.ToArray(), d.Headers),
            ];
            Senders senders = deployment.Senders(mine, Rest, SendersPerSource);
            _rounds[name].Enqueue((mine, senders));
            await senders.RunAsync(cancellationToken);
        }
    }

    private bool Begins(int number)
    {
        lock (_lock)
        {
            _furthest = Math.Max(_furthest, Math.Min(number, _last));
            return number <= _last;
        }
    }
}
