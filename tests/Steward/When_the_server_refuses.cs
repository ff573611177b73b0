using Google.Rpc;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_the_server_refuses
{
    [Theory]
    [InlineData(StatusCode.Unauthenticated, 4, "steward login")]
    [InlineData(StatusCode.PermissionDenied, 4, "ask for the role")]
    [InlineData(StatusCode.NotFound, 3, "steward packages list")]
    [InlineData(StatusCode.FailedPrecondition, 5, "steward packages show")]
    [InlineData(StatusCode.AlreadyExists, 5, "--request-id")]
    [InlineData(StatusCode.InvalidArgument, 2, "refused: because")]
    [InlineData(StatusCode.Unavailable, 6, "--server")]
    [InlineData(StatusCode.DeadlineExceeded, 6, "--timeout")]
    [InlineData(StatusCode.ResourceExhausted, 6, "wait, then try again")]
    [InlineData(StatusCode.Unimplemented, 1, "older")]
    [InlineData(StatusCode.Internal, 1, "failed: because")]
    public async Task The_exit_code_says_which_kind_and_the_message_names_the_fix(StatusCode status, int code, string fix)
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<GetLedgerRequest>(_ => new RpcException(new Grpc.Core.Status(status, "because")));
        Ended refused = await cli.RunAsync("ledger", "show", Made.TupleId);
        Assert.Equal(code, refused.Code);
        Assert.Contains(fix, refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    [Fact]
    public async Task Violations_reasons_and_retry_hints_are_shown()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<GetLedgerRequest>(_ => When_a_steward_decides.Refused(StatusCode.InvalidArgument, "bad", new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = "name", Description = "is of another form" } },
        }));
        Assert.Contains("  name: is of another form\n", (await cli.RunAsync("ledger", "show", Made.TupleId)).Error, StringComparison.Ordinal);

        cli.Answers.On<GetLedgerRequest>(_ => When_a_steward_decides.Refused(StatusCode.PermissionDenied, "no", new ErrorInfo { Reason = "ROLE_MISSING", Metadata = { ["role"] = "steward" } }));
        Assert.Contains("  reason ROLE_MISSING, role steward\n", (await cli.RunAsync("ledger", "show", Made.TupleId)).Error, StringComparison.Ordinal);

        cli.Answers.On<GetLedgerRequest>(_ => When_a_steward_decides.Refused(
            StatusCode.ResourceExhausted, "much", new RetryInfo { RetryDelay = new Google.Protobuf.WellKnownTypes.Duration { Seconds = 90 } }));
        Assert.Contains("  try again in 1 min 30 s\n", (await cli.RunAsync("ledger", "show", Made.TupleId)).Error, StringComparison.Ordinal);

        cli.Answers.On<GetRollbackRequest>(_ => When_a_steward_decides.Refused(StatusCode.FailedPrecondition, "moved", new PreconditionFailure
        {
            Violations = { new PreconditionFailure.Types.Violation { Subject = "CHG0030012", Description = "says something else now" } },
        }));
        Ended moved = await cli.RunAsync("rollback", Made.TupleId);
        Assert.Equal(5, moved.Code);
        Assert.Contains("  CHG0030012: says something else now\n", moved.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        await using Cli cli = await Cli.StartAsync();
        Ended gone = await cli.RunAsync("ledger", "show", Made.TupleId, "--server", "http://127.0.0.1:1");
        Assert.Equal(6, gone.Code);
        Assert.Contains("the server can't be reached", gone.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packages")]
    [InlineData("packages", "shwo", "3f9a")]
    [InlineData("decide", "return", "3f9a")]
    [InlineData("packages", "list", "--limit", "0")]
    [InlineData("packages", "list", "--timeout", "0")]
    [InlineData("packages", "list", "--state", "done")]
    [InlineData("packages", "list", "--server", "handoff.example.com")]
    [InlineData("decide", "acknowledge", "3f9a", "--request-id", "1")]
    public async Task Bad_usage_ends_with_2_and_asks_nothing_that_decides(params string[] args)
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(2, (await cli.RunAsync(args)).Code);
        Assert.Empty(cli.Answers.Asked<AcknowledgePackageRequest>());
    }
}
