using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>The scenario through the folder: one package, a timer at the right instant, a superseding package.</summary>
public sealed class When_the_registry_lags_behind : IAsyncLifetime
{
    private readonly SqliteUnderTest _engine = new();
    private readonly FakeTimeProvider _clock = new(Say.T0);
    private Rig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _engine.InitializeAsync();
        _rig = new Rig(_engine.Store, _clock);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task One_package_is_prepared_and_the_holds_are_told()
    {
        await _rig.FoldAsync(Say.Scenario);
        CorrectionPackagePrepared package = Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        Assert.Equal((1L, null), (package.Revision, package.Supersedes));
        Assert.Equal(Say.Tuple, package.Tuple);
        LedgerChanged ledger = Assert.Single(await _rig.PublishedAsync<LedgerChanged>());
        JsonNode document = JsonNode.Parse(ledger.CanonicalLedger)!;
        Assert.Equal(ledger.LedgerSha256, CanonicalJson.Sha256(document));
        HoldsChanged holds = Assert.Single(await _rig.PublishedAsync<HoldsChanged>());
        Assert.Equal(
            document["fields"]!.AsArray().Where(f => f!["hold"] is not null).Select(f => f!["hold"]!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal),
            holds.Opened.Select(h => h.HoldId).Order(StringComparer.Ordinal));
        Assert.All(holds.Opened, h => Assert.Equal(h.HoldId, $"{h.Field}/{h.Reason}"));
        Assert.Empty(holds.Released);
        Assert.Equal(holds.Opened.Select(h => h.HoldId), ledger.HoldsOpened);
        CaseChanged change = Assert.Single(await _rig.PublishedAsync<CaseChanged>());
        Assert.Equal((true, false, package.PackageId), (change.OnHold, change.Converging, change.PackageId));
    }

    [Fact]
    public async Task A_storm_of_notifications_gives_one_package()
    {
        Observation[] pods = [.. Enumerable.Range(0, 40).Select(i => Say.Pod(Say.Tuple, Say.B, Say.T0.AddMinutes(-30), $"pod-{i}", envelope: "rekor:" + Say.Hash("nobody has it")))];
        await _rig.FoldAsync(Say.Scenario);
        foreach (Observation[] some in pods.Chunk(7))
        {
            await _rig.FoldAsync(some);
        }

        Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
    }

    [Fact]
    public async Task Nothing_is_published_when_nothing_changed()
    {
        await _rig.FoldAsync(Say.Scenario);
        int published = (await _rig.PublishedAsync()).Count;
        StoredTuple before = await _rig.TupleAsync(Say.Tuple);
        await _rig.FoldAsync([.. Say.Scenario.Select(o => o.ReadAt(o.Lineage.ExtractedAt.AddHours(5)))]);
        await _rig.Folder.ReconcileAsync([before.TupleKey], Ct);
        Assert.Equal(published, (await _rig.PublishedAsync()).Count);
        Assert.Equal(before, await _rig.TupleAsync(Say.Tuple));
    }

    [Fact]
    public async Task A_fresh_difference_converges_and_is_held_at_the_end_of_its_allowance()
    {
        TimeSpan allowance = PolicyFile.Default().For(Field.ManifestDigest).Allowance;
        DateTimeOffset t0 = Say.T0.AddMinutes(-1);
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.A, Say.T0.AddHours(-9)), Say.Entry(41, t0, Say.Tuple, "k", Say.B));
        Assert.Equal("converging", await StateAsync(Field.ManifestDigest));
        Assert.Empty(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        Assert.Empty(await _rig.PublishedAsync<HoldsChanged>());

        await _rig.AdvanceToAsync(t0 + allowance - TimeSpan.FromTicks(1));
        Assert.Equal("converging", await StateAsync(Field.ManifestDigest));
        await _rig.AdvanceToAsync(t0 + allowance);
        Assert.Equal("held", await StateAsync(Field.ManifestDigest));
        CorrectionPackagePrepared package = Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        Assert.Equal(t0 + allowance, package.PreparedAt);
        await _rig.AdvanceToAsync(t0.AddDays(2));
        Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
    }

    [Fact]
    public async Task The_late_promotion_supersedes_the_package_once_it_has_settled()
    {
        await _rig.FoldAsync(Say.Scenario);
        CorrectionPackagePrepared first = Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.B, Say.T0.AddMinutes(1)));
        await _rig.AdvanceToAsync(Say.T0.AddHours(6));

        IReadOnlyList<CorrectionPackagePrepared> packages = await _rig.PublishedAsync<CorrectionPackagePrepared>();
        Assert.Equal(2, packages.Count);
        Assert.Equal((2L, first.PackageId), (packages[1].Revision, packages[1].Supersedes));
        JsonNode write = Assert.Single(JsonNode.Parse(packages[1].CanonicalPackage)!["proposedWrites"]!.AsArray(), w => w!["field"]!.GetValue<string>() == "certificate-fingerprint")!;
        Assert.Equal(Say.Hash("certificate kms-prod-sign-09"), write["patch"]![1]!["value"]!.GetValue<string>());
        Assert.Contains((await _rig.PublishedAsync<HoldsChanged>()).SelectMany(c => c.Released), h => h.Field == "manifest-digest");
        Assert.Equal("held", await StateAsync(Field.ApprovedTuple));
        StoredTuple tuple = await _rig.TupleAsync(Say.Tuple);
        Assert.Equal((2L, packages[1].PackageId), (tuple.PackageRevision, tuple.PackageId));
    }

    [Fact]
    public async Task A_package_without_anything_left_to_decide_is_closed()
    {
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.A, Say.T0.AddHours(-9)), Say.Entry(41, Say.T0.AddHours(-2), Say.Tuple, "k", Say.B));
        Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.B, Say.T0.AddMinutes(1)));
        await _rig.AdvanceToAsync(Say.T0.AddHours(9));
        CorrectionPackageClosed closed = Assert.Single(await _rig.PublishedAsync<CorrectionPackageClosed>());
        Assert.Equal(1L, closed.Revision);
        Assert.False((await _rig.TupleAsync(Say.Tuple)).HasOpenPackage);
        Assert.Null((await _rig.PublishedAsync<CaseChanged>())[^1].PackageId);
    }

    [Fact]
    public async Task A_message_that_comes_again_after_the_commit_is_known()
    {
        IReadOnlyList<FoldMessage> messages = _rig.Messages(Say.Scenario);
        await _rig.Folder.FoldAsync(messages, Ct);
        int published = (await _rig.PublishedAsync()).Count;
        await _engine.RestartAsync();
        _rig = new Rig(_engine.Store, _clock);
        await _rig.Folder.FoldAsync([.. messages, .. messages], Ct);
        Assert.Equal(published, (await _rig.PublishedAsync()).Count);
        Assert.Equal(4, (await _engine.Store.ReadAsync(_rig.Evidence.CountOutcomesAsync, Ct)).Values.Sum());
    }

    [Fact]
    public async Task An_authority_that_went_stale_is_back_when_its_instance_is_heard_about_something_else()
    {
        TimeSpan window = PolicyFile.Default().For(Field.TagToDigest).Freshness!.Value;
        await _rig.FoldAsync(Say.Tag(Say.Tuple, Say.B, Say.T0));
        await _rig.AdvanceToAsync(Say.T0 + window + TimeSpan.FromHours(1));
        Assert.Equal("stale", await StateAsync(Field.TagToDigest));
        await _rig.FoldAsync(Say.Tag(Say.Tuple with { Repository = "elsewhere" }, Say.A, _clock.GetUtcNow()));
        Assert.Equal("agreed", await StateAsync(Field.TagToDigest));
    }

    [Fact]
    public async Task A_message_that_cannot_be_folded_takes_no_neighbour_along_and_is_tried_again()
    {
        Observation poison = Say.Entry(7, Say.T0, null, "poison", Say.A);
        bool healed = false;
        _rig = new Rig(_engine.Store, _clock, wrap: evidence => new Sabotage(evidence)
        {
            BeforeAdd = observations => !healed && observations.Any(o => o.Record == poison.Record) ? throw new InvalidOperationException("a defect") : Task.CompletedTask,
        });
        await _rig.Consumer.FoldAsync(_rig.Messages([.. Say.Scenario, poison]), Ct);
        Assert.Equal((await _rig.TupleAsync(Say.Tuple)).PackageId, (await _rig.PublishedAsync<CorrectionPackagePrepared>())[^1].PackageId);
        QuarantinedMessage kept = Assert.Single(await _rig.Quarantine.ListAsync(Ct));
        Assert.Equal(nameof(InvalidOperationException), kept.Reason);

        await _rig.AdvanceToAsync(Say.T0.AddMinutes(2));
        Assert.Equal(2, Assert.Single(await _rig.Quarantine.ListAsync(Ct)).Attempts);
        healed = true;
        await _rig.AdvanceToAsync(Say.T0.AddMinutes(10));
        Assert.Empty(await _rig.Quarantine.ListAsync(Ct));
        Assert.Equal(5, (await _engine.Store.ReadAsync(_rig.Evidence.CountOutcomesAsync, Ct)).Values.Sum());
    }

    [Fact]
    public async Task Who_finds_a_stale_revision_folds_anew()
    {
        int conflicts = 0;
        _rig = new Rig(_engine.Store, _clock, wrap: evidence => new Sabotage(evidence)
        {
            BeforeSave = (transaction, tuple) => conflicts++ > 1
                ? Task.CompletedTask
                : transaction.ExecuteAsync("update tuple set revision = revision + 1 where tuple_key = @TupleKey", tuple),
        });
        await _rig.FoldAsync(Say.Scenario);
        Assert.Equal(3, conflicts);
        Assert.Single(await _rig.PublishedAsync<CorrectionPackagePrepared>());
        Assert.Equal(1, (await _rig.TupleAsync(Say.Tuple)).Revision);
    }

    [Fact]
    public async Task Two_folders_on_one_tuple_end_where_one_does()
    {
        var other = new Rig(_engine.Store, _clock);
        Observation[] all = [.. Say.Scenario, .. Enumerable.Range(0, 30).Select(i => Say.Pod(Say.Tuple, Say.B, Say.T0.AddMinutes(-i), $"pod-{i}"))];
        await Task.WhenAll(all.Select((o, i) => (i % 2 == 0 ? _rig : other).FoldAsync(o)));
        var known = new EvidenceBase(_rig.Policy);
        foreach (Observation observation in all)
        {
            known.Add(observation);
        }

        Assert.Equal(
            CanonicalJson.Text(LedgerDocument.Of(Core.Reconciler.Reconcile(known.Of(Say.Tuple), _rig.Policy, Say.T0).Ledger)),
            await _rig.LedgerAsync(Say.Tuple));
    }

    private async Task<string> StateAsync(Field field)
    {
        JsonNode ledger = JsonNode.Parse(await _rig.LedgerAsync(Say.Tuple))!;
        return ledger["fields"]!.AsArray().Single(f => f!["field"]!.GetValue<string>() == WireNames.Of(field))!["state"]!.GetValue<string>();
    }
}
