using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_names_are_short
{
    [Theory]
    [InlineData("3f9a", $"tuples/{Made.TupleId}/packages/latest")]
    [InlineData(Made.Coordinates, $"tuples/{Made.TupleId}/packages/latest")]
    [InlineData($"tuples/{Made.TupleId}", $"tuples/{Made.TupleId}/packages/latest")]
    [InlineData("aaaa", $"tuples/{Made.TupleId}/packages/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("3f9a@1", $"tuples/{Made.TupleId}/packages/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@1")]
    public async Task What_fits_one_is_that_one(string typed, string name)
    {
        await using Cli cli = await Cli.StartAsync();
        (await cli.RunAsync("packages", "show", typed)).Done();
        Assert.Equal(name, cli.Answers.Only<GetCorrectionPackageRequest>().Name);
    }

    [Fact]
    public async Task What_fits_several_is_refused_with_all_of_them()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ListLedgersRequest>(_ => new ListLedgersResponse
        {
            Ledgers =
            {
                new Ledger { Tuple = new Handoff.V1.Tuple { Id = Made.TupleId, Registry = "r", Repository = "<repo:0a1b2c3d4e5f>", Tag = "one" } },
                new Ledger { Tuple = new Handoff.V1.Tuple { Id = "3f9a" + Made.OtherTupleId[4..^1] + "f", Registry = "r", Repository = "<repo:0a1b2c3d4e5f>", Tag = "two" } },
            },
        });
        Ended several = await cli.RunAsync("packages", "show", "3f9a");
        Assert.Equal(2, several.Code);
        Assert.Contains("r/<repo:0a1b2c3d4e5f>:one\n", several.Error, StringComparison.Ordinal);
        Assert.Contains("r/<repo:0a1b2c3d4e5f>:two\n", several.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Answers.Asked<GetCorrectionPackageRequest>());
    }

    [Theory]
    [InlineData("ffff", 3)]
    [InlineData("3f9a@9", 3)]
    [InlineData("registry.example.com/<repo:0a1b2c3d4e5f>:nothing", 3)]
    [InlineData("3f9", 2)]
    [InlineData("latest", 2)]
    public async Task What_fits_none_is_refused(string typed, int code)
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(code, (await cli.RunAsync("packages", "show", typed)).Code);
    }

    [Fact]
    public async Task Coordinates_are_looked_for_by_the_repository_token()
    {
        await using Cli cli = await Cli.StartAsync();
        (await cli.RunAsync("ledger", "show", Made.Coordinates)).Done();
        Assert.Equal("0a1b2c3d4e5f", cli.Answers.Only<ListLedgersRequest>().RepositoryToken);
    }
}
