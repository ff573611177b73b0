using Grpc.Core;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>
/// Packages and ends in any order and any repetition, with decisions in between. What is expected is said here once more,
/// without the code that is tested: a decision is taken exactly on the package that stands when it is made, and in the end
/// every package but the last is superseded, whatever was decided on it.
/// </summary>
public sealed class When_decisions_meet_the_feed : IAsyncDisposable
{
    private const int Chain = 4;

    private readonly SqliteFiles _place = new();

    [Fact]
    public async Task Every_package_stands_where_messages_and_decisions_put_it()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        int taken = 0;
        int refused = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var dice = new Random(seed);
            var random = new RandomDocument(2000 + seed);
            CorrectionPackagePrepared[] chain = [.. Enumerable.Range(1, Chain).Select(r => HandoffHost.Prepared(random, r))];
            bool ends = dice.Next(2) == 0;
            object[] messages = [.. chain, .. chain, .. ends ? (object[])[Ended(chain[^1]), Ended(chain[^1]), Ended(chain[1])] : []];
            dice.Shuffle(messages);
            var arrived = new HashSet<long>();
            bool ended = false;
            var decided = new Dictionary<long, PackageState>();
            foreach (object message in messages)
            {
                await steward.Feed.Apply(message);
                arrived.UnionWith(message is CorrectionPackagePrepared p ? [p.Revision] : []);
                ended |= message is CorrectionPackageClosed { Revision: Chain };
                int on = dice.Next(Chain);
                bool back = dice.Next(2) == 0;
                long revision = on + 1;
                if (!arrived.Contains(revision))
                {
                    continue;
                }

                PackageState? was = decided.TryGetValue(revision, out PackageState known) ? known : null;
                bool closed = (revision == Chain && ended) || (revision == 2 && messages.TakeWhile(m => m != message).Append(message).Any(m => m is CorrectionPackageClosed { Revision: 2 }));
                bool stands = revision == arrived.Max() && !closed;
                bool allowed = stands && (back ? was is null or PackageState.Acknowledged : was is null);
                try
                {
                    await DecideAsync(steward, steward.Masker.TupleId(random.Tuple), chain[on], back);
                    Assert.True(allowed, $"seed {seed}: decided on what doesn't stand");
                    decided[revision] = back ? PackageState.Returned : PackageState.Acknowledged;
                    taken++;
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.Aborted or StatusCode.FailedPrecondition)
                {
                    Assert.False(allowed, $"seed {seed}: refused what stands");
                    Assert.Equal(stands ? StatusCode.FailedPrecondition : StatusCode.Aborted, e.StatusCode);
                    refused++;
                }
            }

            PackageState last = ended ? PackageState.Closed : decided.GetValueOrDefault(Chain, PackageState.Prepared);
            Assert.Equal(
                [.. Enumerable.Repeat(PackageState.Superseded, Chain - 1), last],
                (await steward.PackagesAsync("tuples/" + steward.Masker.TupleId(random.Tuple))).OrderBy(p => p.Revision).Select(p => p.State));
        }

        Assert.True(taken > 40 && refused > 40, $"{taken} taken, {refused} refused: the dice are loaded");
    }

    private static Task DecideAsync(Steward steward, string tupleId, CorrectionPackagePrepared package, bool back)
    {
        string name = $"tuples/{tupleId}/packages/{package.PackageId}";
        return back
            ? steward.Decisions.ReturnPackage(new ReturnPackageRequest { Name = name, Etag = package.PackageId, RequestId = Steward.NewId(), Reason = "no" }, steward.Call)
            : steward.Decisions.AcknowledgePackage(new AcknowledgePackageRequest { Name = name, Etag = package.PackageId, RequestId = Steward.NewId() }, steward.Call);
    }

    private static CorrectionPackageClosed Ended(CorrectionPackagePrepared package) => new()
    {
        Tuple = package.Tuple, PackageId = package.PackageId, Revision = package.Revision, LedgerSha256 = new string('0', 64), ClosedAt = package.PreparedAt,
    };

    public ValueTask DisposeAsync() => _place.DisposeAsync();
}
