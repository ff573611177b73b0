using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_the_service_is_judged
{
    [Fact]
    public async Task The_four_figures_are_one_table()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<GetEvaluationRequest>(_ => new Evaluation
        {
            TimeToLedger = new TimeToLedger { Count = 12, P50 = Seconds(3), P90 = Seconds(75), Max = Seconds(3700) },
            Agreement = { new FieldAgreement { Field = "manifest-digest", Accepted = 4, Total = 4 }, new FieldAgreement { Field = "approval-time", Accepted = 3, Total = 4, PinnedFromHold = 2 } },
            Conflicts = new ConflictRouting { Held = 6, DecidedByRule = 1, Converging = 1 },
            Reliability = new PackageReliability { Prepared = 1200, OutOfOrder = 3, Missing = 4 },
        });
        Golden.Check("report", (await cli.RunAsync("report", "--train", "rel-2026.03.22.4")).Done());
        Assert.Equal("rel-2026.03.22.4", cli.Answers.Only<GetEvaluationRequest>().ReleaseTrain);
    }

    [Fact]
    public async Task Audit_events_are_listed_by_their_filters()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ListAuditEventsRequest>(_ => new ListAuditEventsResponse
        {
            Events = { new AuditEvent { Sequence = 9, Time = Made.At(11, 0), Subject = "maya", Kind = "reveal", Tuple = $"tuples/{Made.TupleId}", DetailJson = """{"field":"cluster-id"}""" } },
        });
        Golden.Check("audit-list", (await cli.RunAsync("audit", "list", "--tuple", Made.TupleId, "--kind", "reveal", "--subject", "maya")).Done());
        ListAuditEventsRequest asked = cli.Answers.Only<ListAuditEventsRequest>();
        Assert.Equal(($"tuples/{Made.TupleId}", "reveal", "maya"), (asked.Tuple, asked.Kind, asked.Subject));
    }

    [Theory]
    [InlineData(true, "aa", 0)]
    [InlineData(true, "bb", 7)]
    [InlineData(true, null, 0)]
    [InlineData(false, null, 7)]
    public async Task A_broken_chain_or_another_head_ends_with_7(bool intact, string? head, int code)
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<VerifyAuditChainRequest>(_ => new VerifyAuditChainResponse
        {
            Intact = intact, EventCount = 9, HeadHash = "aa", FirstBrokenSequence = intact ? 0 : 4, Problem = intact ? "" : "its hash is another one",
        });
        Ended verified = await cli.RunAsync(head is null ? ["audit", "verify"] : ["audit", "verify", "--head", head]);
        Assert.Equal(code, verified.Code);
        Assert.Contains(intact ? "intact: 9 events" : "BROKEN at event 4: its hash is another one", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revealed_field_names_its_audit_event()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<RevealFieldRequest>(r => new RevealedField
        {
            Field = r.Field, AuditSequence = 9, LedgerRevision = 7, Authoritative = Made.Value("prod-eu-1"), Candidates = { Made.Said("runtime-validation", "prod-eu-1", "authoritative") },
        });
        Golden.Check("reveal", (await cli.RunAsync("reveal", Made.TupleId, "cluster-id", "--reason", "compare with the inventory")).Done());
        RevealFieldRequest asked = cli.Answers.Only<RevealFieldRequest>();
        Assert.Equal(($"tuples/{Made.TupleId}/ledger", "cluster-id", "compare with the inventory"), (asked.Name, asked.Field, asked.Reason));
    }

    private static Duration Seconds(int seconds) => Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
}
