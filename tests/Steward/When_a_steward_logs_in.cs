using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_a_steward_logs_in
{
    private const string Token = "aaa.bbb.ccc";

    [Fact]
    public async Task The_token_of_an_embedded_server_is_tried_kept_for_the_owner_alone_and_sent_from_then_on()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.File("handoff.token", Token + "\n");
        string said = (await cli.RunAsync("login", "--data-folder", cli.Folder)).Done();
        Assert.DoesNotContain(Token, said, StringComparison.Ordinal);

        string kept = Path.Combine(cli.ConfigFolder, "steward.json");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        }

        (await cli.With("STEWARD_SERVER", null).RunAsync("ledger", "show", Made.TupleId)).Done();
        Assert.Equal(["Bearer " + Token, "Bearer " + Token], cli.Answers.Authorizations);
    }

    [Fact]
    public async Task A_token_is_sent_to_the_server_that_it_was_made_for_and_to_no_other()
    {
        await using Cli cli = await Cli.StartAsync();
        (await cli.RunAsync("login", "--token-file", cli.File("t", Token))).Done();

        await using Cli other = await Cli.StartAsync();
        (await cli.RunAsync("ledger", "show", Made.TupleId, "--server", other.Address)).Done();
        Assert.Equal([null], other.Answers.Authorizations);
    }

    [Fact]
    public async Task A_token_file_comes_before_the_kept_token_and_the_option_before_the_environment()
    {
        await using Cli cli = await Cli.StartAsync();
        (await cli.RunAsync("login", "--token-file", cli.File("t", Token))).Done();
        cli.With("STEWARD_TOKEN_FILE", cli.File("u", "environment"));
        (await cli.RunAsync("ledger", "show", Made.TupleId)).Done();
        (await cli.RunAsync("ledger", "show", Made.TupleId, "--token-file", cli.File("v", "option"))).Done();
        Assert.Equal(["Bearer aaa.bbb.ccc", "Bearer environment", "Bearer option"], cli.Answers.Authorizations);
    }

    [Fact]
    public async Task A_token_that_the_server_refuses_is_not_kept()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ListLedgersRequest>(_ => new RpcException(new Status(StatusCode.Unauthenticated, "no")));
        Assert.Equal(4, (await cli.RunAsync("login", "--token-file", cli.File("t", Token))).Code);
        Assert.False(Directory.Exists(cli.ConfigFolder));
    }

    [Fact]
    public async Task A_token_does_not_travel_readable_to_another_machine()
    {
        await using Cli cli = await Cli.StartAsync();
        Ended refused = await cli.RunAsync("login", "--server", "http://handoff.example.com", "--token-file", cli.File("t", Token));
        Assert.Equal(2, refused.Code);
        Assert.Contains("https://", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public async Task What_is_no_token_is_refused(string text)
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(2, (await cli.RunAsync("login", "--token-file", cli.File("t", text))).Code);
        Assert.Equal(2, (await cli.RunAsync("login", "--token-file", Path.Combine(cli.Folder, "none"))).Code);
    }
}
