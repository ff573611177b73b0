using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>What was revealed, exported, decided and denied stands in a log that shows when it was tampered with.</summary>
public sealed class When_something_is_audited : IAsyncLifetime
{
    private const string Reason = "incident 4711: compare with the vendor's list";

    private readonly RandomDocument _document = Documents.WithHold(1);
    private HandoffHost _host = null!;
    private AuditService.AuditServiceClient _client = null!;
    private string _ledger = "";
    private string _field = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await HandoffHost.StartAsync(o => o with { RevealsPerHour = 6 });
        await _host.Feed.Apply(HandoffHost.Changed(_document, 1));
        await _host.Feed.Apply(HandoffHost.Prepared(_document, 1));
        _client = new AuditService.AuditServiceClient(_host.Channel);
        _ledger = $"tuples/{new Masker(HandoffHost.Key).TupleId(_document.Tuple)}/ledger";
        Ledger shown = await _host.Client.GetLedgerAsync(new GetLedgerRequest { Name = _ledger }, cancellationToken: Ct);
        _field = shown.Fields.First(f => f.Mask != "none" && f.Candidates.Any(c => c.Value is not null)).Field;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_field_is_revealed_with_a_reason_that_stands_in_the_log_masked()
    {
        Ledger shown = await _host.Client.GetLedgerAsync(new GetLedgerRequest { Name = _ledger }, cancellationToken: Ct);
        RevealedField revealed = await RevealAsync($"{Reason}: {_document.Tuple.Repository}");
        LedgerField masked = shown.Fields.Single(f => f.Field == _field);
        Assert.Equal(masked.Candidates.Count, revealed.Candidates.Count);
        Assert.NotEqual(masked.Candidates.Select(c => c.Value?.ToString()), revealed.Candidates.Select(c => c.Value?.ToString()));

        AuditEvent entry = Assert.Single((await ListAsync()).Events);
        Assert.Equal((revealed.AuditSequence, "maya", "reveal", _ledger.Replace("/ledger", "", StringComparison.Ordinal)), (entry.Sequence, entry.Subject, entry.Kind, entry.Tuple));
        JsonElement detail = JsonDocument.Parse(entry.DetailJson).RootElement;
        Assert.Equal(_field, detail.GetProperty("field").GetString());
        Assert.StartsWith(Reason, detail.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_document.Secrets, s => Leaks.Shows(entry.DetailJson, s));
    }

    [Fact]
    public async Task Nothing_is_revealed_without_a_reason_and_no_more_than_so_many_in_an_hour()
    {
        foreach (string reason in new[] { "", "because", new string(' ', 20), new string('x', 2001) })
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => RevealAsync(reason))).StatusCode);
        }

        for (int i = 0; i < 6; i++)
        {
            await RevealAsync(Reason);
        }

        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => RevealAsync(Reason));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.True(refused.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        Assert.Equal(6, (await ListAsync()).Events.Count);
    }

    [Fact]
    public async Task What_is_denied_is_noted_and_cannot_flood_the_log()
    {
        using var channel = _host.ChannelOf(HandoffHost.TokenOf([Role.Viewer]));
        var viewer = new AuditService.AuditServiceClient(channel);
        for (int i = 0; i < 15; i++)
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(
                async () => await viewer.RevealFieldAsync(new RevealFieldRequest { Name = _ledger, Field = _field, Reason = Reason }, cancellationToken: Ct));
            Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        }

        ListAuditEventsResponse log = await ListAsync();
        Assert.Equal(10, log.Events.Count);
        Assert.All(log.Events, e => Assert.Equal(("denied", "maya"), (e.Kind, e.Subject)));
        Assert.Contains("RevealField", log.Events[0].DetailJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_listed_page_by_page_and_by_kind()
    {
        await RevealAsync(Reason);
        await RevealAsync(Reason);
        using var channel = _host.ChannelOf(HandoffHost.TokenOf([Role.Viewer]));
        await Assert.ThrowsAsync<RpcException>(async () => await new AuditService.AuditServiceClient(channel).VerifyAuditChainAsync(new VerifyAuditChainRequest(), cancellationToken: Ct));

        ListAuditEventsResponse first = await ListAsync(new ListAuditEventsRequest { PageSize = 2 });
        ListAuditEventsResponse second = await ListAsync(new ListAuditEventsRequest { PageSize = 2, PageToken = first.NextPageToken });
        Assert.Equal([3, 2, 1], first.Events.Concat(second.Events).Select(e => e.Sequence));
        Assert.Equal("", second.NextPageToken);
        Assert.Equal([2, 1], (await ListAsync(new ListAuditEventsRequest { Kind = "reveal" })).Events.Select(e => e.Sequence));
        Assert.Empty((await ListAsync(new ListAuditEventsRequest { Subject = "nobody" })).Events);
        Assert.Equal([2, 1], (await ListAsync(new ListAuditEventsRequest { Tuple = _ledger.Replace("/ledger", "", StringComparison.Ordinal) })).Events.Select(e => e.Sequence));
    }

    [Theory]
    [InlineData("update audit_event set detail = '{}' where sequence = 3", 3)]
    [InlineData("update audit_event set subject = 'someone' where sequence = 1", 1)]
    [InlineData("update audit_event set at = '2020-01-01T00:00:00.0000000Z' where sequence = 2", 2)]
    [InlineData("delete from audit_event where sequence = 2", 2)]
    [InlineData("update audit_event set sequence = 9 where sequence = 4", 4)]
    [InlineData("update audit_event set sequence = -1 where sequence = 2; update audit_event set sequence = 2 where sequence = 3; update audit_event set sequence = 3 where sequence = -1", 2)]
    [InlineData("insert into audit_event select 6, at, subject, kind, tuple_no, detail, previous_hash, hash from audit_event where sequence = 5", 6)]
    public async Task Whoever_tampers_with_the_log_is_found_and_where(string tampering, long at)
    {
        for (int i = 0; i < 5; i++)
        {
            await RevealAsync(Reason);
        }

        VerifyAuditChainResponse whole = await _client.VerifyAuditChainAsync(new VerifyAuditChainRequest(), cancellationToken: Ct);
        Assert.Equal((true, 5L, 0L, ""), (whole.Intact, whole.EventCount, whole.FirstBrokenSequence, whole.Problem));
        Assert.Equal((await ListAsync()).Events[0].Hash, whole.HeadHash);

        await _host.Services.GetRequiredService<HandoffStore>().Store.WriteAsync(
            async transaction =>
            {
                foreach (string sql in tampering.Split("; "))
                {
                    await transaction.ExecuteAsync(sql);
                }
            },
            Ct);
        VerifyAuditChainResponse broken = await _client.VerifyAuditChainAsync(new VerifyAuditChainRequest(), cancellationToken: Ct);
        Assert.Equal((false, at), (broken.Intact, broken.FirstBrokenSequence));
        Assert.NotEqual("", broken.Problem);
    }

    [Fact]
    public async Task Whoever_makes_an_events_hash_anew_breaks_the_next_one()
    {
        IStore store = _host.Services.GetRequiredService<HandoffStore>().Store;
        for (int i = 0; i < 3; i++)
        {
            await RevealAsync(Reason);
        }

        AuditRow forged = (await store.ReadAsync(s => AuditLog.ListAsync(s, new AuditFilter(), 3, 1), Ct))[0] with { Subject = "someone" };
        await store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "update audit_event set subject = @Subject, hash = @hash where sequence = 2", new { forged.Subject, hash = forged.ComputedHash() }),
            Ct);
        VerifyAuditChainResponse chain = await _client.VerifyAuditChainAsync(new VerifyAuditChainRequest(), cancellationToken: Ct);
        Assert.Equal((false, 3L), (chain.Intact, chain.FirstBrokenSequence));
    }

    [Fact]
    public async Task Events_that_are_written_at_once_follow_each_other()
    {
        AuditLog log = _host.Services.GetRequiredService<AuditLog>();
        IStore store = _host.Services.GetRequiredService<HandoffStore>().Store;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => store.WriteAsync(
            transaction => log.AppendAsync(transaction, new AuditEntry { Subject = $"s{i}", Kind = "export", Detail = [] }), Ct)));
        VerifyAuditChainResponse chain = await _client.VerifyAuditChainAsync(new VerifyAuditChainRequest(), cancellationToken: Ct);
        Assert.Equal((true, 40L), (chain.Intact, chain.EventCount));
    }

    private async Task<RevealedField> RevealAsync(string reason) =>
        await _client.RevealFieldAsync(new RevealFieldRequest { Name = _ledger, Field = _field, Reason = reason }, cancellationToken: Ct);

    private async Task<ListAuditEventsResponse> ListAsync(ListAuditEventsRequest? request = null) =>
        await _client.ListAuditEventsAsync(request ?? new ListAuditEventsRequest(), cancellationToken: Ct);
}
