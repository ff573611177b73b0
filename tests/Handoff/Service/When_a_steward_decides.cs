using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.Core;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;
using CorrectionPackage = ReleaseIntegrity.Handoff.V1.CorrectionPackage;
using Field = ReleaseIntegrity.Contracts.Field;
using ProposedWrite = ReleaseIntegrity.Handoff.V1.ProposedWrite;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>The scenario after the late promotion: one write is proposed, the snapshot's fingerprint.</summary>
public abstract class When_a_steward_decides<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private static readonly Observation[] Promoted = [.. World.Scenario(), World.Push(World.B, "12:30")];
    private static readonly string Corrected = new('2', 64);

    private readonly TPlace _place = new();

    [Fact]
    public async Task An_authorised_repair_is_observed_and_its_way_back_given_until_the_target_moves()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        Assert.Equal(PackageState.Acknowledged, (await steward.AcknowledgeAsync(package)).PackageState);
        Decision decision = await steward.AuthorizeAsync(package, writes: package.ProposedWrites.Single().Id);
        Assert.Equal((PackageState.RepairAuthorized, "effective"), (decision.PackageState, decision.State));
        Assert.Equal("pending", Assert.Single(decision.Repairs).State);
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(Rollback()));

        // The same ledger again, and a change of the record that leaves the fingerprint, show nothing.
        await steward.Feed.Apply(Steward.LedgerOf(3, World.Reconcile("14:10", [.. Promoted, World.Snapshot(World.B, "14:05", 5, new string('1', 64), "05:30")])));
        Assert.Equal(PackageState.RepairAuthorized, (await steward.PackageAsync(package.PackageId)).State);

        Observation[] repaired = [.. Promoted, World.Snapshot(World.B, "14:40", 6, Corrected, "05:30")];
        await steward.HandAsync(4, World.Reconcile("16:00", repaired));
        CorrectionPackage after = await steward.PackageAsync($"{package.PackageId}@2");
        Assert.Equal(PackageState.Repaired, after.State);
        Assert.NotEmpty(after.SupersededBy);
        Repair repair = Assert.Single(Assert.Single(await steward.ListAsync("authorize-repair")).Repairs);
        Assert.Equal(("observed", World.At("14:40")), (repair.State, repair.ObserveTime.ToDateTimeOffset()));
        Assert.Equal(
            [PackageDecision.Acknowledged, PackageDecision.RepairAuthorized, PackageDecision.Repaired],
            (await steward.ToldAsync()).Cast<StewardDecided>().OrderBy(d => d.Sequence).Select(d => d.Decision));

        ProposedWrite back = Assert.Single((await Rollback()).Writes);
        Assert.Equal(package.ProposedWrites[0].Inverse, back.Patch);
        Assert.Equal(package.ProposedWrites[0].Patch, back.Inverse);
        await steward.Feed.Apply(Steward.LedgerOf(5, World.Reconcile("17:00", [.. repaired, World.Snapshot(World.B, "16:40", 7, new string('3', 64), "05:30")])));
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(Rollback()));
        Assert.Equal(PackageState.Repaired, (await steward.PackageAsync($"{package.PackageId}@2")).State);

        Task<Rollback> Rollback() => steward.Decisions.GetRollback(new GetRollbackRequest { Name = package.Name }, steward.Call);
    }

    [Fact]
    public async Task Every_decision_is_in_the_audit_log_once_and_without_its_words()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        string id = Steward.NewId();
        await steward.AcknowledgeAsync(package, id, "looked at it");
        await steward.AcknowledgeAsync(package, id, "looked at it");
        await steward.AuthorizeAsync(package, only: true);
        await steward.AuthorizeAsync(package);
        IReadOnlyList<AuditRow> events = await steward.AuditedAsync();
        Assert.Equal([("authorize-repair", "maya"), ("acknowledge", "maya")], events.Select(e => (e.Kind, e.Subject)));
        Assert.All(events, e => Assert.Contains(package.PackageId, e.Detail, StringComparison.Ordinal));
        Assert.DoesNotContain("looked", string.Concat(events.Select(e => e.Detail)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repair_that_came_out_otherwise_diverges_until_it_is_done_again()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        await steward.AuthorizeAsync(package);
        Observation[] wrong = [.. Promoted, World.Snapshot(World.B, "14:40", 5, new string('3', 64), "05:30")];
        LedgerChanged right = Steward.LedgerOf(4, World.Reconcile("17:00", [.. wrong, World.Snapshot(World.B, "16:40", 6, Corrected, "05:30")]));
        await steward.HandAsync(3, World.Reconcile("16:00", wrong));
        Assert.Equal(PackageState.Diverged, (await steward.PackageAsync($"{package.PackageId}@2")).State);
        await steward.Feed.Apply(right);
        Assert.Equal(PackageState.Repaired, (await steward.PackageAsync($"{package.PackageId}@2")).State);
        Assert.Equal(
            [PackageDecision.RepairAuthorized, PackageDecision.Diverged, PackageDecision.Repaired],
            (await steward.ToldAsync()).Cast<StewardDecided>().OrderBy(d => d.Sequence).Select(d => d.Decision));
    }

    [Fact]
    public async Task A_decision_on_what_does_not_stand_is_refused_with_what_does()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage old = await steward.HandAsync(1, World.Reconcile("12:00", World.Scenario()));
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(steward.AuthorizeAsync(old)));
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => steward.AcknowledgeAsync(old));
        Assert.Equal(StatusCode.Aborted, e.StatusCode);
        DecisionConflict conflict = e.GetRpcStatus()!.GetDetail<DecisionConflict>()!;
        Assert.Equal((package.Name + "@2", package.Etag), (conflict.Current, conflict.CurrentEtag));
        Assert.Contains(conflict.Changes, c => c is { Field: "manifest-digest", Aspect: "state", Before: "held", After: "precedence" or "agreed" });
        Assert.DoesNotContain([World.B.Text, World.Repository], s => Leaks.Shows(conflict.ToString(), s));
        Assert.Equal(StatusCode.Aborted, await Steward.RefusedAsync(steward.AcknowledgeAsync(Other(package, package.Name, old.Etag))));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(steward.AcknowledgeAsync(Other(package, steward.Tuple + "/packages/latest", package.Etag))));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(steward.AuthorizeAsync(package, writes: "certificate-fingerprint/000000000000")));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(steward.AcknowledgeAsync(package, "1")));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(steward.ReturnAsync(package, " ")));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(steward.ReturnAsync(package, new string('x', 2001))));

        await steward.ReturnAsync(package);
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(steward.AuthorizeAsync(package)));
        Assert.Equal(PackageState.Returned, (await steward.PackageAsync(package.PackageId)).State);
        steward.Clock.SetUtcNow(package.ExpireTime.ToDateTimeOffset());
        Assert.Equal(StatusCode.Aborted, await Steward.RefusedAsync(steward.AcknowledgeAsync(package)));
        await steward.Feed.Apply(new CorrectionPackageClosed { Tuple = World.Release, PackageId = package.PackageId, Revision = 2, LedgerSha256 = new string('0', 64), ClosedAt = World.Ten });
        e = await Assert.ThrowsAsync<RpcException>(() => steward.AcknowledgeAsync(package));
        Assert.Equal((StatusCode.Aborted, ""), (e.StatusCode, e.GetRpcStatus()!.GetDetail<DecisionConflict>()!.Current));
        Assert.Single(await steward.ListAsync());
        Assert.Single(await steward.ToldAsync());
    }

    [Fact]
    public async Task A_request_that_is_repeated_decides_once_and_one_that_only_checks_never()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        Decision only = await steward.AuthorizeAsync(package, only: true);
        Assert.Equal(("", PackageState.RepairAuthorized), (only.Name, only.PackageState));
        Assert.Empty(await steward.ListAsync());
        Assert.Empty(await steward.ToldAsync());
        Assert.Equal(PackageState.Prepared, (await steward.PackageAsync(package.PackageId)).State);

        string id = Steward.NewId();
        Decision first = await steward.AuthorizeAsync(package, id);
        Assert.Equal(first, await steward.AuthorizeAsync(package, id));
        Assert.Equal(StatusCode.AlreadyExists, await Steward.RefusedAsync(steward.AuthorizeAsync(package, id, writes: package.ProposedWrites[0].Id)));
        steward.Name = "somebody else";
        Assert.Equal(StatusCode.AlreadyExists, await Steward.RefusedAsync(steward.AuthorizeAsync(package, id)));
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(steward.AuthorizeAsync(package)));
        Assert.Single(await steward.ListAsync());
        Assert.Single(await steward.ToldAsync());
    }

    [Theory]
    [InlineData("fingerprint")]
    [InlineData("certificate-fingerprint")]
    public async Task Where_two_persons_are_wanted_one_is_not_enough(string named)
    {
        await using Steward steward = await Steward.AtAsync(_place, named);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        Decision first = await steward.AuthorizeAsync(package);
        Assert.Equal(("awaiting-second-person", PackageState.Prepared, 0), (first.State, first.PackageState, first.Repairs.Count));
        Assert.Equal(StatusCode.PermissionDenied, await Steward.RefusedAsync(steward.AuthorizeAsync(package)));
        Assert.Empty(await steward.ToldAsync());
        steward.Name = "jon";
        Decision second = await steward.AuthorizeAsync(package);
        Assert.Equal(("confirming", PackageState.RepairAuthorized, 1), (second.State, second.PackageState, second.Repairs.Count));
        Decision shown = (await steward.ListAsync())[1];
        Assert.Equal(("effective", "maya", "jon"), (shown.State, shown.Steward, shown.SecondSteward));
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("manifest-digest")]
    public async Task A_pin_takes_two_persons_where_its_field_does(string named)
    {
        await using Steward steward = await Steward.AtAsync(_place, named);
        CorrectionPackage package = await steward.HandAsync(1, World.Reconcile("12:00", World.Scenario()));
        Decision first = await Pin("manifest-digest", 0, "14:50");
        Assert.Equal("awaiting-second-person", first.State);
        Assert.Equal(StatusCode.PermissionDenied, await Steward.RefusedAsync(Pin("manifest-digest", 0, "14:45")));
        Assert.Empty((await steward.ToldAsync()).OfType<PinChanged>());
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(Unpin()));

        steward.Name = "jon";
        Assert.Equal("awaiting-second-person", (await Pin("manifest-digest", 1, "14:45")).State);
        Decision second = await Pin("manifest-digest", 0, "14:45");
        Assert.Equal(("confirming", World.At("14:45")), (second.State, second.ExpireTime.ToDateTimeOffset()));
        PinChanged told = Assert.Single((await steward.ToldAsync()).OfType<PinChanged>());
        Assert.Equal(World.At("14:45"), told.EndsAt);
        Assert.Equal(("effective", "maya", "jon"), (await steward.ListAsync("pin"))[2] is var shown ? (shown.State, shown.Steward, shown.SecondSteward) : default);

        // The other candidate waits on; once it is confirmed, the first pair is over.
        steward.Name = "maya";
        Assert.Equal("confirming", (await Pin("manifest-digest", 1, "14:50")).State);
        Assert.Equal(["confirming", "superseded", "effective", "superseded"], (await steward.ListAsync("pin")).Select(d => d.State));
        await Unpin();

        // Another field is nobody else's business.
        Assert.Equal("effective", (await Pin("exception-notes", 0, "14:45")).State);

        Task<Decision> Unpin() => steward.Decisions.UnpinField(
            new UnpinFieldRequest { Name = steward.Tuple + "/ledger", RequestId = Steward.NewId(), Field = "manifest-digest", Reason = "was wrong" }, steward.Call);

        Task<Decision> Pin(string field, int candidate, string until) => steward.Decisions.PinField(
            new PinFieldRequest
            {
                Name = package.Name, Etag = package.Etag, RequestId = Steward.NewId(), Field = field, Candidate = candidate,
                Reason = "promoted by hand", ExpireTime = Timestamp.FromDateTimeOffset(World.At(until)),
            },
            steward.Call);
    }

    [Fact]
    public async Task A_pin_is_told_as_the_engine_takes_it_and_can_be_taken_back()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        Reconciliation before = World.Reconcile("12:00", World.Scenario());
        CorrectionPackage package = await steward.HandAsync(1, before);
        LedgerField digest = package.Ledger.Fields.Single(f => f.Field == "manifest-digest");
        int b = digest.Candidates.ToList().FindIndex(c => c.Lineage.Source == "signature-ledger");
        Decision pinned = await Pin(b, "14:45");
        Assert.Equal(digest.Candidates[b].Value, pinned.Pinned);
        PinChanged told = Assert.IsType<PinChanged>((await steward.ToldAsync())[0]);
        var pin = new Pin(told.Field, told.Values!, told.CandidateSet!, told.EndsAt, told.Sequence, told.Reason);
        var evidence = new EvidenceBase(World.Rules);
        Array.ForEach(World.Scenario(), evidence.Add);
        FieldEntry entry = Reconciler.Reconcile(evidence.Of(World.Release) with { Pins = [pin] }, World.Rules, World.At("14:40")).Ledger.For(Field.ManifestDigest);
        Assert.Equal(("steward-pin", World.B.Text), (entry.Rule, Assert.Single(entry.Authoritative!)));

        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(Pin(99, "14:45")));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(Pin(b, "14:30")));
        await Unpin();
        Assert.Equal(StatusCode.FailedPrecondition, await Steward.RefusedAsync(Unpin()));
        Assert.Equal((null, World.At("14:30")), ((await steward.ToldAsync()).OfType<PinChanged>().Last() is var back ? (back.Values, back.EndsAt) : default));
        Assert.Equal("superseded", Assert.Single(await steward.ListAsync("pin")).State);

        // The candidates moved: a container runs a third digest.
        await steward.Feed.Apply(Steward.LedgerOf(2, World.Reconcile("14:30", [.. World.Scenario(), World.Push(World.C, "13:00")])));
        Assert.Equal(StatusCode.Aborted, await Steward.RefusedAsync(Pin(b, "14:45")));

        Task<Decision> Pin(int candidate, string until) => steward.Decisions.PinField(
            new PinFieldRequest
            {
                Name = package.Name, Etag = package.Etag, RequestId = Steward.NewId(), Field = "manifest-digest", Candidate = candidate,
                Reason = "promoted by hand", ExpireTime = Timestamp.FromDateTimeOffset(World.At(until)),
            },
            steward.Call);
        Task<Decision> Unpin() => steward.Decisions.UnpinField(
            new UnpinFieldRequest { Name = steward.Tuple + "/ledger", RequestId = Steward.NewId(), Field = "manifest-digest", Reason = "it was the other one" }, steward.Call);
    }

    [Fact]
    public void The_set_of_candidates_has_one_name_in_the_engine_and_in_its_document()
    {
        foreach (Observation[] story in (Observation[][])[World.Scenario(), Promoted, [.. Promoted, World.Container(World.A, "12:40", "rekor:" + new string('9', 64), pod: "pod-2")]])
        {
            var ledger = World.Reconcile("14:00", story).Ledger;
            LedgerView view = DocumentReader.Ledger(LedgerDocument.Of(ledger));
            Assert.All(ledger.Fields, f => Assert.Equal(CandidateSets.HashOf(f.Candidates), CandidateSet.HashOf(view.For(WireNames.Of(f.Field))!)));
        }
    }

    [Fact]
    public async Task What_a_steward_writes_shows_no_secret()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        string[] secrets = [World.Repository, World.Cluster, World.B.Text, new string('1', 64), "emergency lane"];
        Decision decision = await steward.AcknowledgeAsync(package, note: $"seen: {string.Join(" and ", secrets)}, all of it");
        string text = decision + string.Concat(await steward.ListAsync());
        Assert.DoesNotContain(secrets, s => Leaks.Shows(text, s));
        Assert.StartsWith("seen: ~", decision.Note, StringComparison.Ordinal);
        Assert.EndsWith(", all of it", decision.Note, StringComparison.Ordinal);
        Assert.Contains(package.Ledger.Fields.Single(f => f.Field == "manifest-digest").Authoritative.Values[0], decision.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_on_a_field_stays_with_the_tuple_and_shows_no_secret()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        CorrectionPackage package = await steward.HandAsync(2, World.Reconcile("14:00", Promoted));
        await steward.AnnotateAsync(package, "approval-time", "asked the owner");
        await steward.AnnotateAsync(package, "manifest-digest", $"compare {World.B.Text}");
        CorrectionPackage next = await steward.HandAsync(3, World.Reconcile("14:20", [.. Promoted, World.Snapshot(World.B, "14:05", 5, Corrected, "05:30")]));
        Assert.Equal([("approval-time", "asked the owner"), ("manifest-digest", next.Notes[1].Note)], next.Notes.Select(n => (n.Field, n.Note)));
        Assert.False(Leaks.Shows(next.ToString(), World.B.Text));
        Assert.All(next.Notes, n => Assert.Equal(("maya", package.PackageId), (n.Steward, n.PackageId)));
    }

    private static CorrectionPackage Other(CorrectionPackage package, string name, string etag)
    {
        CorrectionPackage other = package.Clone();
        other.Name = name;
        other.Etag = etag;
        return other;
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class Sqlite_decisions : When_a_steward_decides<SqliteFiles>;

public sealed class SqlServer_decisions : When_a_steward_decides<SqlServerSchema>;
