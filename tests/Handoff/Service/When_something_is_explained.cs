using System.Text;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Reading.Meanings;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Tests.Core;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public class When_something_is_explained
{
    private static readonly string Tuple = "tuples/" + new Masker(HandoffHost.Key).TupleId(World.Release);

    [Fact]
    public void Every_state_rule_reason_and_predicate_has_a_sentence_of_its_own()
    {
        Distinct(WireNames.All<FieldState>().Select(StateMeanings.Of));
        Distinct(WireNames.All<HoldReason>().Select(RuleMeanings.Reason));
        string[] rules =
        [
            "steward-pin", "latest-observation",
            .. WireNames.All<Field>().SelectMany(f => PolicyFile.Default().For(WireNames.Parse<Field>(f)).Disagreements).Select(r => r.Name).Distinct(),
        ];
        Assert.True(rules.Length > 8);
        Distinct(rules.Select(r => RuleMeanings.Known(r) ?? ""));
        string[] sentences = [.. WireNames.All<ReleasePredicate>().Select(p => ReleaseSentences.Of(new ConditionView("a-source", "a-field", p, "a value")))];
        Distinct(sentences);
        Assert.All(sentences, s => Assert.DoesNotContain("a-source: a-field", s, StringComparison.Ordinal));

        static void Distinct(IEnumerable<string> texts)
        {
            string[] all = [.. texts];
            Assert.All(all, t => Assert.NotEqual("", t));
            Assert.Equal(all.Length, all.Distinct().Count());
        }
    }

    [Fact]
    public async Task A_field_has_its_candidates_their_ages_the_rule_and_why_each_lost()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        // Received a minute after the sources' own times, so that the two ages differ.
        await Hand(host, World.Reconcile("12:00", [.. World.Scenario().Select(o => o with { Lineage = o.Lineage with { ExtractedAt = o.Lineage.ExtractedAt.AddMinutes(1) } })]));
        FieldExplanation explained = await host.Client.ExplainFieldAsync(new ExplainFieldRequest { Name = Tuple + "/ledger", Field = "manifest-digest" });
        Assert.Equal("held", explained.Field.State);
        Assert.Equal(RuleMeanings.Known(explained.Field.Rule), explained.RuleMeaning);
        Assert.Equal(StateMeanings.Of("held"), explained.StateMeaning);
        Assert.Equal(explained.Field.Candidates.Count, explained.Ages.Count);
        Assert.All(explained.Field.Candidates.Zip(explained.Ages), c => Assert.Equal(
            explained.EvaluateTime.ToDateTimeOffset() - c.First.Lineage.SourceTime.ToDateTimeOffset(), c.Second.SinceSourceTime.ToTimeSpan()));
        Assert.All(explained.Field.Candidates.Zip(explained.Ages), c => Assert.Equal(
            explained.EvaluateTime.ToDateTimeOffset() - c.First.Lineage.ExtractTime.ToDateTimeOffset(), c.Second.SinceExtractTime.ToTimeSpan()));
        Assert.Contains(explained.Ages, a => a.SinceSourceTime != a.SinceExtractTime);
        Assert.All(explained.Field.Candidates, c => Assert.NotEqual("", c.Why));
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => host.Client.ExplainFieldAsync(new ExplainFieldRequest { Name = Tuple + "/ledger" }).ResponseAsync);
        Assert.Equal("field", Assert.Single(e.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations).Field);
    }

    [Fact]
    public void A_rule_of_a_site_is_explained_by_what_it_did()
    {
        FieldView field = LedgerOf(World.Reconcile("12:00", World.Scenario())).For("manifest-digest")! with { Rule = "ours" };
        Assert.Contains("different digests", RuleMeanings.Of(field), StringComparison.Ordinal);
        Assert.Contains("authority's value stands", RuleMeanings.Of(field with { Hold = null, State = "precedence" }), StringComparison.Ordinal);
        Assert.Equal("", RuleMeanings.Of(field with { Rule = null }));
    }

    [Fact]
    public async Task A_hold_names_what_releases_it_its_root_and_what_goes_with_it()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        await Hand(host, World.Reconcile("12:00", World.Scenario()));
        HoldRelease root = await Get("manifest-digest");
        Assert.Null(root.Root);
        Assert.Contains("promotion-time", root.Dependents);
        Assert.Equal(root.Hold.ReleaseWhen.Count, root.Sentences.Count);
        Assert.Contains(root.Sentences, s => s.StartsWith("A newer revision of the record of artifact-registry names sha256:8f4…", StringComparison.Ordinal));
        HoldRelease dependent = await Get("promotion-time");
        Assert.Equal(root.Hold.Id, dependent.Root.Id);
        Assert.Equal(dependent.Hold.Root, dependent.Root.Id);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => Get("release-train"));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);

        Task<HoldRelease> Get(string field) =>
            host.Client.GetHoldReleaseAsync(new GetHoldReleaseRequest { Name = $"{Tuple}/holds/{field}" }).ResponseAsync;
    }

    [Fact]
    public async Task A_release_shows_all_its_tuples_and_how_their_sources_stand()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        foreach (int seed in Enumerable.Range(0, 5))
        {
            await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(seed), 1));
        }

        var packaged = new RandomDocument(2);
        await host.Feed.Apply(HandoffHost.Prepared(packaged, 1));
        await host.Feed.Apply(HandoffHost.Prepared(packaged, 2));
        var request = new GetReleaseViewRequest { Name = "releases/rel-2026.03.22.4", PageSize = 3 };
        ReleaseView first = await host.Client.GetReleaseViewAsync(request);
        request.PageToken = first.NextPageToken;
        ReleaseView second = await host.Client.GetReleaseViewAsync(request);
        Assert.Equal("", second.NextPageToken);
        ReleaseTuple[] tuples = [.. first.Tuples, .. second.Tuples];
        Assert.Equal(5, tuples.Select(t => t.Ledger).Distinct().Count());
        Assert.Equal((5, tuples.Count(t => t.OnHold)), (first.TupleCount, first.OnHoldCount));
        Assert.All(tuples, t => Assert.Equal("held", t.Standing));
        Assert.All(tuples, t => Assert.Equal(12, t.FieldCounts["held"]));
        Assert.All(tuples, t => Assert.Equal(WireNames.All<Source>(), t.Sources.Select(s => s.Source)));
        ReleaseTuple with = Assert.Single(tuples, t => t.Package.Length > 0);
        Assert.Equal($"{with.Ledger[..^"/ledger".Length]}/packages/{HandoffHost.Prepared(packaged, 2).PackageId}", with.Package);
        Assert.Equal(PackageState.Prepared, with.PackageState);
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => host.Client.GetReleaseViewAsync(new GetReleaseViewRequest { Name = "releases/rel-1" }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    /// <summary>Whoever has some repositories counts those, over all pages.</summary>
    [Fact]
    public async Task A_release_counts_what_its_caller_may_know_of()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        RandomDocument[] randoms = [.. Enumerable.Range(0, 6).Select(seed => new RandomDocument(seed))];
        foreach (RandomDocument random in randoms)
        {
            await host.Feed.Apply(HandoffHost.Changed(random, 1));
        }

        var request = new GetReleaseViewRequest { Name = "releases/rel-2026.03.22.4", PageSize = 1 };
        int onHold = (await host.Client.GetReleaseViewAsync(new GetReleaseViewRequest { Name = request.Name })).Tuples.Where(t => t.Tuple.Id == new Masker(HandoffHost.Key).TupleId(randoms[1].Tuple) || t.Tuple.Id == new Masker(HandoffHost.Key).TupleId(randoms[4].Tuple)).Count(t => t.OnHold);
        using GrpcChannel scoped = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], randoms[1].Tuple.Coordinates, randoms[4].Tuple.Coordinates));
        var client = new HandoffService.HandoffServiceClient(scoped);
        var seen = new List<string>();
        do
        {
            ReleaseView page = await client.GetReleaseViewAsync(request);
            Assert.Equal((2, onHold), (page.TupleCount, page.OnHoldCount));
            seen.AddRange(page.Tuples.Select(t => t.Tuple.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(2, seen.Distinct().Count());
        using GrpcChannel elsewhere = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], "registry.invalid/**"));
        RpcException nothing = await Assert.ThrowsAsync<RpcException>(
            () => new HandoffService.HandoffServiceClient(elsewhere).GetReleaseViewAsync(new GetReleaseViewRequest { Name = request.Name }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public void A_source_is_silent_agrees_is_stale_or_contested()
    {
        LedgerView conflict = LedgerOf(World.Reconcile("12:00", World.Scenario()));
        Assert.Equal("held", TupleStandings.Of(conflict));
        Assert.All(TupleStandings.OfSources(conflict), s => Assert.Equal("contested", s.Standing));
        FieldView one = conflict.For("manifest-digest")! with { Hold = null, State = "agreed", Candidates = [] };
        CandidateView said = conflict.For("manifest-digest")!.Candidates[0] with { Source = "artifact-registry", Outcome = "authoritative" };
        Assert.Equal("agreed silent silent silent", Standings(one with { Candidates = [said] }));
        Assert.Equal("agreed contested silent silent", Standings(one with { Candidates = [said, said with { Source = "signature-ledger", Outcome = "lost" }] }));
        Assert.Equal("stale silent silent silent", Standings(one with { State = "stale", Candidates = [said] }));
        Assert.Equal("silent silent silent silent", Standings(one with { Candidates = [said with { Outcome = "withdrawn" }] }));
        Assert.Equal("stale", TupleStandings.Of(conflict with { Fields = [one, one with { State = "stale" }, one with { State = "precedence" }] }));

        string Standings(FieldView field) => string.Join(' ', TupleStandings.OfSources(conflict with { Fields = [field] }).Select(s => s.Standing));
    }

    private static LedgerView LedgerOf(Reconciliation result) => DocumentReader.Ledger(CanonicalJson.Text(LedgerDocument.Of(result.Ledger)));

    private static async Task Hand(HandoffHost host, Reconciliation result)
    {
        byte[] ledger = Encoding.UTF8.GetBytes(CanonicalJson.Text(LedgerDocument.Of(result.Ledger)));
        await host.Feed.Apply(new LedgerChanged
        {
            Tuple = World.Release, Revision = 1, CanonicalLedger = ledger, HoldsOpened = [], HoldsReleased = [],
            LedgerSha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(ledger)), RecordedAt = World.Ten,
        });
    }
}
