using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_a_ledger_is_read
{
    [Fact]
    public async Task Sources_are_columns_and_agreement_is_seen_without_colour()
    {
        await using Cli cli = await Cli.StartAsync();
        Golden.Check("ledger-show", (await cli.RunAsync("ledger", "show", Made.TupleId)).Done());
        Golden.Check("ledger-show-120", (await cli.TypeAsync("", 120, "ledger", "show", Made.TupleId, "--held")).Done());
    }

    [Fact]
    public async Task Ascii_shows_nothing_else()
    {
        await using Cli cli = await Cli.StartAsync();
        string shown = (await cli.TypeAsync("", 120, "ledger", "show", Made.TupleId, "--ascii")).Done();
        Golden.Check("ledger-show-ascii", shown);
        Assert.All(shown, c => Assert.True(c < 0x7f));
    }

    [Theory]
    [InlineData("--as-of", "2026-03-22T09:00:00Z", GetLedgerRequest.AtOneofCase.AsOf)]
    [InlineData("--revision", "3", GetLedgerRequest.AtOneofCase.Revision)]
    [InlineData("--package-revision", "2", GetLedgerRequest.AtOneofCase.PackageRevision)]
    public async Task An_earlier_ledger_is_asked_for(string option, string value, GetLedgerRequest.AtOneofCase at)
    {
        await using Cli cli = await Cli.StartAsync();
        (await cli.RunAsync("ledger", "show", Made.TupleId, option, value)).Done();
        Assert.Equal(at, cli.Answers.Only<GetLedgerRequest>().AtCase);
    }

    [Fact]
    public async Task Two_ledgers_at_once_are_refused()
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(2, (await cli.RunAsync("ledger", "show", Made.TupleId, "--revision", "3", "--package-revision", "2")).Code);
        Assert.Equal(2, (await cli.RunAsync("ledger", "show", Made.TupleId, "--as-of", "yesterday")).Code);
    }

    [Fact]
    public async Task A_field_is_explained_with_age_rule_and_lineage()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ExplainFieldRequest>(r => new FieldExplanation
        {
            Tuple = Made.Package().Tuple, LedgerRevision = 7, Field = Made.Ledger().Fields.Single(f => f.Field == r.Field),
            StateMeaning = "sources differ, a named rule chose", RuleMeaning = "the ledger's fingerprint corrects the snapshot's",
            Ages =
            {
                new CandidateAge { SinceSourceTime = Duration.FromTimeSpan(TimeSpan.FromMinutes(245)) },
                new CandidateAge { SinceExtractTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(90)) },
            },
        });
        Golden.Check("ledger-explain", (await cli.RunAsync("ledger", "explain", Made.TupleId, "certificate-fingerprint", "--lineage")).Done());
        Assert.Equal($"tuples/{Made.TupleId}/ledger", cli.Answers.Only<ExplainFieldRequest>().Name);
    }

    [Fact]
    public async Task A_timeline_says_who_said_what_when_and_until_which_ledger()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ListTimelineRequest>(r => r.PageToken.Length == 0
            ? new ListTimelineResponse { NextPageToken = "n", Entries = { new TimelineEntry { Field = "manifest-digest", FirstLedgerRevision = 4, LastLedgerRevision = 7, Current = true, Candidate = Made.Said("artifact-registry", "sha256:8f4…71e", "agrees") } } }
            : new ListTimelineResponse { Entries = { new TimelineEntry { Field = "manifest-digest", FirstLedgerRevision = 1, LastLedgerRevision = 3, Candidate = Made.Said("artifact-registry", "sha256:8f4…7ac", "agrees") } } });
        Golden.Check("ledger-timeline", (await cli.RunAsync("ledger", "timeline", Made.TupleId, "--field", "manifest-digest")).Done());
        Assert.All(cli.Answers.Asked<ListTimelineRequest>(), r => Assert.Equal(($"tuples/{Made.TupleId}", "manifest-digest"), (r.Parent, r.Field)));
    }

    [Fact]
    public async Task A_release_shows_each_source_of_each_tuple()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<GetReleaseViewRequest>(r => new ReleaseView
        {
            Name = r.Name, TupleCount = 1, OnHoldCount = 1,
            Tuples =
            {
                new ReleaseTuple
                {
                    Tuple = Made.Package().Tuple, Standing = "held", OnHold = true, Package = Made.Name, PackageState = PackageState.Acknowledged,
                    Sources =
                    {
                        new SourceStanding { Source = "artifact-registry", Standing = "agreed" }, new SourceStanding { Source = "change-snapshot", Standing = "contested" },
                        new SourceStanding { Source = "runtime-validation", Standing = "stale" },
                    },
                },
            },
        });
        Golden.Check("release-show", (await cli.RunAsync("release", "show", "rel-2026.03.22.4")).Done());
        Assert.Equal("releases/rel-2026.03.22.4", cli.Answers.Only<GetReleaseViewRequest>().Name);
    }

    [Fact]
    public async Task Holds_say_what_would_release_them()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<ListHoldsRequest>(_ => new ListHoldsResponse { Holds = { Made.Package().Exceptions } });
        Golden.Check("holds-list", (await cli.RunAsync("holds", "list", "--root", "--reason", "runtime-unlinked", "--field", "approval-time")).Done());
        ListHoldsRequest asked = cli.Answers.Only<ListHoldsRequest>();
        Assert.Equal(("tuples/-", true, "runtime-unlinked", "approval-time"), (asked.Parent, asked.RootOnly, asked.Reason, asked.Field));
    }
}
