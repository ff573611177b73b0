using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_a_steward_decides
{
    private const string Uuid = "7f6c1b9e-51a5-4d0e-9c43-0d1c2f7a8b61";

    [Fact]
    public async Task The_writes_are_shown_from_old_to_new_with_their_inverse_before_it_is_asked()
    {
        await using Cli cli = await Cli.StartAsync();
        Ended authorized = await cli.TypeAsync("y\n", 120, "decide", "authorize", Made.TupleId, "--note", "agreed", "--request-id", Uuid);
        Golden.Check("decide-authorize", authorized.Done());
        Assert.Equal("Authorise this write? [y/N] ", authorized.Error);
        AuthorizeRepairRequest asked = cli.Answers.Only<AuthorizeRepairRequest>();
        Assert.Equal((Made.Name + "@2", "etag-2", "agreed", false, Uuid), (asked.Name, asked.Etag, asked.Note, asked.ValidateOnly, asked.RequestId));
    }

    [Fact]
    public async Task No_is_no_and_so_is_silence()
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(8, (await cli.TypeAsync("n\n", 120, "decide", "authorize", Made.TupleId)).Code);
        Assert.Equal(8, (await cli.TypeAsync("", 120, "decide", "authorize", Made.TupleId)).Code);
        Assert.Empty(cli.Answers.Asked<AuthorizeRepairRequest>());
    }

    [Fact]
    public async Task In_a_pipe_nothing_is_decided_without_yes()
    {
        await using Cli cli = await Cli.StartAsync();
        Ended asked = await cli.RunAsync("decide", "acknowledge", Made.TupleId);
        Assert.Equal(2, asked.Code);
        Assert.Contains("--yes", asked.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Answers.Asked<AcknowledgePackageRequest>());

        (await cli.RunAsync("decide", "acknowledge", Made.TupleId, "--yes", "--etag", "seen")).Done();
        Assert.Equal("seen", cli.Answers.Only<AcknowledgePackageRequest>().Etag);
    }

    [Fact]
    public async Task A_transient_failure_is_tried_again_with_the_same_request_id()
    {
        await using Cli cli = await Cli.StartAsync();
        int tries = 0;
        cli.Answers.On<AuthorizeRepairRequest>(r => ++tries < 3
            ? new RpcException(new Status(StatusCode.Unavailable, "restarting"))
            : Made.Decided("authorize-repair", r.RequestId, r.ValidateOnly));
        (await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes")).Done();
        Assert.Equal(3, cli.Answers.Asked<AuthorizeRepairRequest>().Count);
        Assert.Single(cli.Answers.Asked<AuthorizeRepairRequest>().Select(r => r.RequestId).Distinct());
    }

    [Fact]
    public async Task A_lost_answer_names_the_request_id_that_asks_again()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<AuthorizeRepairRequest>(_ => new RpcException(new Status(StatusCode.Unavailable, "restarting")));
        Ended lost = await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes");
        Assert.Equal(6, lost.Code);
        Assert.Contains($"--request-id {cli.Answers.Asked<AuthorizeRepairRequest>()[0].RequestId}", lost.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_changed_shows_the_difference_and_how_to_go_on()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<AuthorizeRepairRequest>(_ => Refused(StatusCode.Aborted, "another package stands", new DecisionConflict
        {
            Current = Made.Name, CurrentEtag = "etag-3",
            Changes = { new PackageDifference { Field = "manifest-digest", Aspect = "authoritative", Before = "sha256:8f4…71e", After = "sha256:8f4…7ac" } },
        }));
        Ended changed = await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes");
        Assert.Equal(5, changed.Code);
        Golden.Check("decide-aborted", changed.Error);
        Ended json = await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes", "--json");
        Assert.Equal("etag-3", JsonParser.Default.Parse<DecisionConflict>(json.Output).CurrentEtag);
    }

    [Fact]
    public async Task Chosen_writes_are_those_of_the_package_and_no_others()
    {
        await using Cli cli = await Cli.StartAsync();
        (await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes", "--write", Made.WriteId)).Done();
        Assert.Equal([Made.WriteId], cli.Answers.Only<AuthorizeRepairRequest>().WriteIds);
        Assert.Equal(2, (await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes", "--write", "nothing")).Code);
    }

    [Fact]
    public async Task A_dry_run_asks_nobody_and_decides_nothing()
    {
        await using Cli cli = await Cli.StartAsync();
        string shown = (await cli.RunAsync("decide", "return", Made.TupleId, "--reason", "why", "--dry-run")).Done();
        Assert.EndsWith("return: the server would take it. Nothing was decided.\n", shown, StringComparison.Ordinal);
        Assert.True(cli.Answers.Only<ReturnPackageRequest>().ValidateOnly);
    }

    [Fact]
    public async Task Each_decision_on_a_field_says_what_it_is_about()
    {
        await using Cli cli = await Cli.StartAsync();
        Golden.Check("decide-pin", (await cli.RunAsync(
            "decide", "pin", Made.TupleId, "observed-envelope-id", "--candidate", "1", "--expires", "8h", "--reason", "why", "--yes", "--request-id", Uuid)).Done());
        PinFieldRequest pin = cli.Answers.Only<PinFieldRequest>();
        Assert.Equal(("observed-envelope-id", 1, "why", Timestamp.FromDateTimeOffset(Cli.Now.AddHours(8))), (pin.Field, pin.Candidate, pin.Reason, pin.ExpireTime));

        (await cli.RunAsync("decide", "annotate", Made.TupleId, "approval-time", "--note", "asked", "--yes")).Done();
        Assert.Equal(("approval-time", "asked", "etag-2"), (cli.Answers.Only<AnnotateFieldRequest>().Field, cli.Answers.Only<AnnotateFieldRequest>().Note, cli.Answers.Only<AnnotateFieldRequest>().Etag));

        (await cli.RunAsync("decide", "unpin", Made.TupleId, "approved-tuple", "--reason", "over", "--yes")).Done();
        Assert.Equal(($"tuples/{Made.TupleId}/ledger", "over"), (cli.Answers.Only<UnpinFieldRequest>().Name, cli.Answers.Only<UnpinFieldRequest>().Reason));

        (await cli.RunAsync("decide", "return", Made.TupleId, "--reason", "why", "--yes")).Done();
        Assert.Equal("why", cli.Answers.Only<ReturnPackageRequest>().Reason);
    }

    [Theory]
    [InlineData("approved-tuple", "9", "8h")]
    [InlineData("approved-tuple", "0", "soon")]
    [InlineData("no-such-field", "0", "8h")]
    public async Task A_pin_that_names_nothing_is_refused_before_it_is_sent(string field, string candidate, string expires)
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(2, (await cli.RunAsync("decide", "pin", Made.TupleId, field, "--candidate", candidate, "--expires", expires, "--reason", "why", "--yes")).Code);
        Assert.Empty(cli.Answers.Asked<PinFieldRequest>());
    }

    [Fact]
    public async Task A_second_person_is_asked_for_in_words()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<AuthorizeRepairRequest>(r => new Decision { Kind = "authorize-repair", State = "awaiting-second-person" });
        Assert.Contains("awaits a second steward", (await cli.RunAsync("decide", "authorize", Made.TupleId, "--yes")).Done(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decisions_list_what_became_of_the_writes()
    {
        await using Cli cli = await Cli.StartAsync();
        Decision decision = Made.Decided("authorize-repair", Uuid, checkedOnly: false);
        (decision.DecideTime, decision.Package, decision.Note) = (Made.At(11, 0), Made.Name + "@2", "agreed");
        cli.Answers.On<ListDecisionsRequest>(_ => new ListDecisionsResponse { Decisions = { decision } });
        Golden.Check("decide-list", (await cli.RunAsync("decide", "list", "--kind", "authorize-repair")).Done());
        Assert.Equal("authorize-repair", cli.Answers.Only<ListDecisionsRequest>().Kind);
    }

    [Fact]
    public async Task The_way_back_is_of_one_package_and_shows_the_exchanged_patches()
    {
        await using Cli cli = await Cli.StartAsync();
        Golden.Check("rollback", (await cli.RunAsync("rollback", Made.TupleId)).Done());
        Assert.Equal(Made.Name + "@2", cli.Answers.Only<GetRollbackRequest>().Name);
    }

    /// <summary>A refusal with a detail.</summary>
    internal static RpcException Refused(StatusCode code, string message, IMessage detail) =>
        new Google.Rpc.Status { Code = (int)code, Message = message, Details = { Any.Pack(detail) } }.ToRpcException();
}
