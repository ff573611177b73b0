using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_everything_is_sent_again
{
    private const string Id = "7f6c1b9e-51a5-4d0e-9c43-0d1c2f7a8b61";

    [Fact]
    public async Task It_is_asked_for_under_an_id_that_can_be_repeated()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<RebuildRequest>(_ => new RebuildResponse { RequestTime = Timestamp.FromDateTimeOffset(Cli.Now) });
        string said = (await cli.RunAsync("rebuild", "--request-id", Id)).Done();
        Assert.Equal(Id, cli.Answers.Only<RebuildRequest>().RequestId);
        Assert.Contains("2026-03-22", said, StringComparison.Ordinal);
        Assert.Contains(Id, said, StringComparison.Ordinal);
        Assert.Contains("\"requestTime\"", (await cli.RunAsync("rebuild", "--json")).Done(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_run_has_an_id_of_its_own_and_a_wrong_one_is_refused()
    {
        await using Cli cli = await Cli.StartAsync();
        var ids = new List<string>();
        cli.Answers.On<RebuildRequest>(r =>
        {
            ids.Add(r.RequestId);
            return new RebuildResponse();
        });
        (await cli.RunAsync("rebuild")).Done();
        (await cli.RunAsync("rebuild")).Done();
        Assert.Equal(2, ids.Distinct().Count(id => Guid.TryParseExact(id, "D", out _)));
        Ended refused = await cli.RunAsync("rebuild", "--request-id", "1");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--request-id wants a UUID", refused.Error, StringComparison.Ordinal);
        Assert.Contains("steward rebuild --request-id", (await cli.RunAsync("rebuild", "--help")).Done(), StringComparison.Ordinal);
    }
}
