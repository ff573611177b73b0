using System.Globalization;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.EndToEnd.Running;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>
/// I10, durability: a 2xx to a source means that the notification survives <c>kill -9</c>. The process is killed again
/// and again while sources send, while it starts, and while it works off what it took; in the end nothing that was
/// accepted is missing, every item is accounted for, and ledgers and packages are those that the offline command makes
/// of the same deliveries, byte for byte: receipt times are part of the bytes, and are taken from the read endpoint.
/// More kills: <c>CRASH_KILLS=100 dotnet test …</c>.
/// </summary>
public sealed class When_the_process_is_killed(ITestOutputHelper output) : IDisposable
{
    private const int ReleaseCount = 24;
    private const int LongestAfterAnswer_ms = 250;
    private const int LongestStart_ms = 900;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What decides the moments, so that a failing run can be played again.</summary>
    private static readonly int[] Seeds = [11, 23, 42, 77, 101];

    private readonly Scratch _scratch = new();
    private Served? _served;

    public void Dispose()
    {
        _served?.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Nothing_that_was_accepted_is_lost_and_the_ledgers_are_those_of_an_undisturbed_run()
    {
        IReadOnlyList<Sent> notifications = Releases.OfToday().All(ReleaseCount);
        _served = await Served.StartAsync(_scratch["data"]);
        var senders = new Senders(notifications, source => _served is { } up ? new Uri(up.Http, $"{source}/") : null);
        using var stop = new CancellationTokenSource();
        Task sending = senders.RunAsync(stop.Token);
        try
        {
            await KillAgainAndAgainAsync(senders);
            await sending;
        }
        finally
        {
            await stop.CancelAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        Assert.Equal(senders.Total, senders.Accepted.Count);
        using Reads reads = _served.Reads();
        using GrpcChannel channel = _served.Channel();
        var check = new SameAsOffline(reads, new HandoffService.HandoffServiceClient(channel), _scratch, () => _served.Log);
        Compared compared = await check.HoldsAsync(notifications, senders.Accepted);
        Assert.All(compared.Items, i => Assert.True(i.Value > 0, $"the traffic had nothing that is {i.Key}"));
        Assert.Equal(ReleaseCount, compared.Ledgers);
        Assert.NotEqual(0, compared.Packages);
        output.WriteLine($"{compared}");
    }

    private async Task KillAgainAndAgainAsync(Senders senders)
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("CRASH_KILLS") ?? $"{Seeds.Length}", CultureInfo.InvariantCulture);
        for (int kill = 0; kill < kills; kill++)
        {
            int seed = kill < Seeds.Length ? Seeds[kill] : (1000 * (kill / Seeds.Length)) + Seeds[kill % Seeds.Length];
            var chance = new Random(seed);

            // One kill in each stretch of the traffic, the last one when all of it is in; every other one in the very
            // moment of an answer, when what was answered had better be on disk.
            double stretch = kill == kills - 1 ? 1 : (kill + chance.NextDouble()) / kills;
            int accepted = (int)(stretch * senders.Total);
            TimeSpan later = TimeSpan.FromMilliseconds(kill % 2 == 0 ? 0 : chance.Next(LongestAfterAnswer_ms));
            await senders.AtAsync(accepted, () => _served!.Kill(later)).WaitAsync(Patience);
            output.WriteLine($"kill {kill + 1}, seed {seed}: {senders.Accepted.Count} of {senders.Total} accepted");
            _served!.Dispose();
            if (kill % 2 == 1)
            {
                KilledWhileStarting(chance.Next(LongestStart_ms));
            }

            _served = await Served.StartAsync(_scratch["data"]);
        }
    }

    private void KilledWhileStarting(int after_ms)
    {
        using var child = new Child(Program.AllInOne.Start("serve", "--data", _scratch["data"], "--urls", "http://127.0.0.1:0", "--grpc-port", "0"));
        child.Process.WaitForExit(after_ms);
        Assert.False(child.Process.HasExited, "a start on what a kill left behind ended by itself");
    }
}
