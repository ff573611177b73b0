using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public abstract class When_a_steward_looks_back<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private readonly TPlace _place = new();
    private readonly RandomDocument _random = new(31);

    private string Tuple => "tuples/" + new Masker(HandoffHost.Key).TupleId(_random.Tuple);

    /// <summary>The third ledger comes first and the first one last; each is found as it was.</summary>
    [Fact]
    public async Task Every_ledger_is_found_by_revision_by_instant_and_by_package_in_whatever_order_it_came()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(place: _place);
        LedgerChanged[] ledgers = [.. Enumerable.Range(1, 3).Select(r => Ledger(r))];
        foreach (int revision in new[] { 3, 2, 1, 2 })
        {
            await host.Feed.Apply(ledgers[revision - 1]);
        }

        await host.Feed.Apply(HandoffHost.Prepared(_random, 1) with { PreparedAt = ledgers[1].RecordedAt });
        foreach (LedgerChanged ledger in ledgers)
        {
            await Is(ledger, new GetLedgerRequest { Revision = ledger.Revision });
            await Is(ledger, new GetLedgerRequest { AsOf = Timestamp.FromDateTimeOffset(ledger.RecordedAt) });
            await Is(ledger, new GetLedgerRequest { AsOf = Timestamp.FromDateTimeOffset(ledger.RecordedAt.AddSeconds(59)) });
        }

        await Is(ledgers[2], new GetLedgerRequest());
        await Is(ledgers[1], new GetLedgerRequest { PackageRevision = 1 });
        foreach (GetLedgerRequest request in new[]
        {
            new GetLedgerRequest { Revision = 4 }, new GetLedgerRequest { PackageRevision = 2 },
            new GetLedgerRequest { AsOf = Timestamp.FromDateTimeOffset(ledgers[0].RecordedAt.AddTicks(-1)) },
        })
        {
            request.Name = Tuple + "/ledger";
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => host.Client.GetLedgerAsync(request).ResponseAsync);
            Assert.Equal(StatusCode.NotFound, e.StatusCode);
        }

        async Task Is(LedgerChanged expected, GetLedgerRequest request)
        {
            request.Name = Tuple + "/ledger";
            Ledger ledger = await host.Client.GetLedgerAsync(request);
            Assert.Equal((expected.Revision, expected.LedgerSha256), (ledger.Revision, ledger.Sha256));
            Assert.Equal(expected.RecordedAt, ledger.RecordTime.ToDateTimeOffset());
            Assert.NotEmpty(ledger.Fields);
        }
    }

    /// <summary>A says x in 1 and 2, then y in 3; B says z in 1 and 3. Every order of arrival shows the same.</summary>
    [Fact]
    public async Task A_timeline_says_what_each_source_said_and_from_when_to_when()
    {
        foreach (int[] order in new[] { new[] { 1, 2, 3 }, [3, 2, 1], [2, 3, 1, 2] })
        {
            await using var place = new TPlace();
            await using HandoffHost host = await HandoffHost.StartAsync(place: place);
            LedgerChanged[] ledgers = [Ledger(1, ("A", "x"), ("B", "z")), Ledger(2, ("A", "x")), Ledger(3, ("B", "z"), ("A", "y"))];
            foreach (int revision in order)
            {
                await host.Feed.Apply(ledgers[revision - 1]);
            }

            string[] expected = ["A y 3-3 True", "A x 1-2 False", "B z 1-3 True"];
            List<TimelineEntry> entries = await Timeline(host, "reviewer-state");
            Assert.Equal(expected.Order(), entries.Select(Text).Order());
            Assert.Equal(expected[0], Text(entries[0]));
            Assert.Equal(ledgers[0].RecordedAt, entries[2].FirstRecordTime.ToDateTimeOffset());
            Assert.All(entries, e => Assert.Equal("reviewer-state", e.Field));
            List<TimelineEntry> all = await Timeline(host, "");
            Assert.True(all.Count > entries.Count);
            Assert.Equal(all.OrderByDescending(e => e.FirstLedgerRevision).Select(e => e.FirstLedgerRevision), all.Select(e => e.FirstLedgerRevision));
            Assert.Equal(all.Count, all.Distinct().Count());
            string text = string.Concat(all);
            Assert.DoesNotContain(_random.Secrets, s => Leaks.Shows(text, s));
        }

        static string Text(TimelineEntry e) =>
            $"{e.Candidate.Lineage.RecordId} {e.Candidate.Value.Values.Single()} {e.FirstLedgerRevision}-{e.LastLedgerRevision} {e.Current}";
    }

    private async Task<List<TimelineEntry>> Timeline(HandoffHost host, string field)
    {
        var entries = new List<TimelineEntry>();
        var request = new ListTimelineRequest { Parent = Tuple, Field = field, PageSize = 2 };
        do
        {
            ListTimelineResponse page = await host.Client.ListTimelineAsync(request);
            entries.AddRange(page.Entries);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return entries;
    }

    /// <summary>A ledger that differs from the others; the change records that are named say something about the reviewer's state.</summary>
    private LedgerChanged Ledger(long revision, params (string Record, string Says)[] said)
    {
        var random = new RandomDocument(31);
        JsonNode field = random.Ledger["fields"]!.AsArray().Single(f => (string)f!["field"]! == "reviewer-state")!;
        JsonNode candidate = field["candidates"]![0]!.DeepClone();
        field["candidates"] = new JsonArray([.. said.Select(s =>
        {
            JsonNode one = candidate.DeepClone();
            (one["source"], one["instance"], one["recordId"], one["value"]) = ("change-snapshot", "change.example", s.Record, s.Says);
            one["outcome"] = revision == 1 ? "authoritative" : "lost";
            return one;
        })]);
        random.Ledger["nextTransitionAt"] = $"2026-03-23T10:0{revision}:00Z";
        return HandoffHost.Changed(random, revision);
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class Sqlite_looks_back : When_a_steward_looks_back<SqliteFiles>;

public sealed class SqlServer_looks_back : When_a_steward_looks_back<SqlServerSchema>;
