using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>Load that comes in rounds, each about releases of its own, and all that was accepted of it.</summary>
/// <param name="deployment">Who gets it.</param>
internal sealed class Traffic(Deployment deployment)
{
    private const int MostRounds = 40;

    private readonly Releases _releases = Releases.OfToday();
    private readonly List<Sent> _sent = [];
    private readonly List<Accepted> _accepted = [];
    private int _next;

    /// <summary>Everything that was sent.</summary>
    public IReadOnlyList<Sent> Sent => _sent;

    /// <summary>Everything that was accepted.</summary>
    public IReadOnlyCollection<Accepted> Accepted => _accepted;

    /// <summary>How often a collector answered 503.</summary>
    public int Refused { get; private set; }

    /// <summary>Sends a round, and returns when all of it is accepted.</summary>
    /// <param name="releases">Releases that it is about.</param>
    /// <param name="rest">How long each sender rests between two notifications.</param>
    public async Task SendAsync(int releases, TimeSpan rest = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        IReadOnlyList<Sent> round = _releases.Some(_next, releases);
        _next += releases;
        Senders senders = deployment.Senders(round, rest);
        _sent.AddRange(round);
        await senders.RunAsync(limit.Token);
        Assert.Equal(senders.Total, senders.Accepted.Count);
        _accepted.AddRange(senders.Accepted);
        Refused += senders.Refused;
    }

    /// <summary>Sends rounds until something is so.</summary>
    public async Task SendUntilAsync(string what, int releases, Func<Task<bool>> done)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            await SendAsync(releases);
            await deployment.Reads.QuietAsync(() => deployment.Log);
            if (await done())
            {
                return;
            }
        }

        Assert.Fail($"{what}: not within {MostRounds} rounds\n{deployment.Log}");
    }
}
