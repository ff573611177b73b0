using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using Xunit;
using static ReleaseIntegrity.Tests.Core.World;

namespace ReleaseIntegrity.Tests.Core;

/// <summary>Variants of the scenario: what must change in the ledger, and what must not.</summary>
public class When_the_story_differs
{
    private static readonly string EnvelopeLedger = "dsse-sha256:" + new string('e', 64);
    private static readonly string EnvelopeOther = "dsse-sha256:" + new string('9', 64);
    private static readonly string NewFingerprint = new('2', 64);

    private static Observation EntryB(int index = 7, string time = "08:00", bool tagged = true, bool withdrawn = false) =>
        Entry(B, time, index, EnvelopeLedger, NewFingerprint, tagged, withdrawn);

    private static Observation EntryA(bool tagged = true) => Entry(A, "06:05", 3, EnvelopeOther, new string('3', 64), tagged);

    private static Observation SnapshotB() => Snapshot(B, "08:05", 4, NewFingerprint, "08:04");

    private static Observation ContainerB(string pod = "pod-1", string cluster = Cluster) =>
        Container(B, "08:10", EnvelopeLedger, pod: pod, cluster: cluster);

    private static void Expect(Ledger ledger, params string[] rows)
    {
        string[] table = Table(ledger).Split('\n');
        Assert.Equal(rows, rows.Select(r => table.First(t => t.StartsWith(r.Split(' ')[0] + " ", StringComparison.Ordinal))));
    }

    [Fact]
    public void An_entry_without_a_tag_supports_its_digest_but_claims_nothing()
    {
        Ledger ledger = Reconcile("12:00", Push(A, "06:00"), EntryB(tagged: false), SnapshotB(), ContainerB()).Ledger;

        Expect(ledger, "manifest-digest | held | - | unsigned-registry | digest-identity-conflict | -");
        Assert.DoesNotContain(ledger.For(Field.ManifestDigest).Candidates, c => c.Source == Source.SignatureLedger);
        Assert.Contains(
            new ReleaseCondition(Source.SignatureLedger, Field.SignatureEnvelopeId, ReleasePredicate.EntryAbout, A.Text),
            ledger.For(Field.ManifestDigest).Hold!.ReleaseWhen);
    }

    [Fact]
    public void A_signed_registry_digest_stands_against_a_snapshot_that_then_binds_nothing()
    {
        Ledger ledger = Reconcile("12:00", Push(A, "06:00"), EntryA(), SnapshotB()).Ledger;

        Expect(
            ledger,
            "manifest-digest | precedence | A | registry-over-snapshot | - | -",
            "approved-tuple | held | - | - | snapshot-binding-mismatch | -",
            "approval-time | held | - | - | snapshot-binding-mismatch | -",
            "signature-envelope-id | agreed | " + EnvelopeOther + " | - | - | -");
        Assert.True(ledger.OnHold);
    }

    [Fact]
    public void A_current_claim_for_another_digest_conflicts_even_when_the_registrys_is_signed()
    {
        Ledger ledger = Reconcile("12:00", [.. Scenario(), EntryA()]).Ledger;

        Expect(ledger, "manifest-digest | held | - | digest-identity-conflict | digest-identity-conflict | -");
        Candidate claim = Assert.Single(ledger.For(Field.ManifestDigest).Candidates, c => c.Source == Source.SignatureLedger);
        Assert.Equal(B.Text, Assert.Single(claim.Values));
    }

    [Fact]
    public void A_rolling_update_converges_and_is_held_only_when_the_allowance_is_over()
    {
        Observation[] all = [Push(B, "08:00"), EntryB(), SnapshotB(), Container(A, "06:10", EnvelopeOther, pod: "pod-0"), ContainerB()];

        Reconciliation during = Reconcile("08:12", all);
        Expect(during.Ledger, "observed-digest | converging | - | - | - | -", "manifest-digest | converging | - | - | - | -");
        Assert.Null(during.Package);
        Assert.Equal(At("08:15"), during.Ledger.NextTransitionAt);

        Expect(
            Reconcile("12:00", all).Ledger,
            "observed-digest | held | - | - | authority-conflict | -",
            "manifest-digest | precedence | B | runtime-differs | - | -");
        Expect(
            Reconcile("12:00", [.. all, Container(A, "08:20", EnvelopeOther, revision: 2, pod: "pod-0", finished: true)]).Ledger,
            "observed-digest | agreed | B | - | - | -",
            "manifest-digest | agreed | B | - | - | -");
    }

    [Fact]
    public void A_tag_that_moved_back_is_a_new_revision_and_makes_the_claim_history()
    {
        Ledger ledger = Reconcile(
            "12:00", Push(A, "06:00"), EntryA(), Push(B, "08:00"), EntryB(), SnapshotB(), ContainerB(), Push(A, "09:00")).Ledger;

        Expect(
            ledger,
            "manifest-digest | precedence | A | registry-over-snapshot | - | -",
            "promotion-time | agreed | 2026-03-22T09:00:00Z | - | - | -",
            "approved-tuple | held | - | - | snapshot-binding-mismatch | -");
    }

    [Fact]
    public void A_registry_that_reads_the_same_again_begins_no_new_run()
    {
        Ledger ledger = Reconcile("12:00", Push(B, "08:00"), Push(B, "10:00"), EntryB(), SnapshotB(), ContainerB()).Ledger;

        Expect(ledger, "promotion-time | agreed | 2026-03-22T08:00:00Z | - | - | -");
    }

    [Fact]
    public void A_ledger_backfilled_after_hours_is_waited_for_then_held_then_released()
    {
        Observation[] early = [Push(B, "08:00"), SnapshotB(), ContainerB()];

        Expect(Reconcile("08:30", early).Ledger, "signature-envelope-id | converging | - | - | - | -");
        Ledger held = Reconcile("10:00", early).Ledger;
        Expect(
            held,
            "signature-envelope-id | held | - | - | authority-missing | -",
            "observed-envelope-id | held | - | - | runtime-unlinked | -",
            "signer-key-id | missing | - | - | - | -");
        Assert.True(held.OnHold);

        Reconciliation late = Reconcile("11:30", [.. early, EntryB(time: "08:02")]);
        Expect(late.Ledger, "signature-envelope-id | agreed | env-ledger | - | - | -", "observed-envelope-id | agreed | env-ledger | - | - | -");
        Assert.False(late.Ledger.OnHold);
        Assert.Null(late.Package);
    }

    [Fact]
    public void Two_clusters_that_run_the_same_agree()
    {
        Ledger ledger = Reconcile("12:00", Push(B, "08:00"), EntryB(), SnapshotB(), ContainerB(), ContainerB("pod-9", "prod-us-1")).Ledger;

        Expect(
            ledger,
            "cluster-id | agreed | prod-eu-1,prod-us-1 | - | - | -",
            "observed-digest | agreed | B | - | - | -",
            "observation-time | agreed | 2026-03-22T08:10:00Z | - | - | -");
    }

    [Fact]
    public void A_mirror_confirms_and_a_lagging_one_loses_by_rule()
    {
        Policy policy = Rules with { Aliases = [new CoordinateAlias("mirror.example.com", Registry)] };
        Ledger ledger = World.Reconcile(
            policy, At("12:00"), [Push(B, "08:00"), Push(A, "06:00", "mirror.example.com"), EntryB(), SnapshotB(), ContainerB()]).Ledger;

        Expect(
            ledger,
            "manifest-digest | precedence | B | registry-over-mirror | - | -",
            "repository | agreed | registry.example.com/payments/api | - | - | -");
        Assert.Contains(ledger.For(Field.ManifestDigest).Candidates, c => c.Outcome == CandidateOutcome.Lost && c.Values[0] == A.Text);
    }

    [Fact]
    public void A_record_restored_from_backup_is_current_together_with_what_it_replaced()
    {
        Observation before = Snapshot(B, "08:05", 9, NewFingerprint, "08:04");
        Observation restored = Snapshot(A, "09:30", 5, NewFingerprint, "05:30");

        Ledger ledger = Reconcile("12:00", Push(B, "08:00"), EntryB(), before, restored).Ledger;

        Expect(ledger, "approved-tuple | held | - | - | authority-conflict + snapshot-binding-mismatch | -");
    }

    [Fact]
    public void A_clock_in_the_future_supersedes_nothing_until_an_unskewed_revision()
    {
        Observation skewed = Push(B, "20:00", extracted: "08:00");

        Expect(
            Reconcile("12:00", Push(A, "06:00"), skewed, EntryA()).Ledger,
            "manifest-digest | held | - | - | clock-skew | -");
        Expect(
            Reconcile("12:00", Push(A, "06:00"), skewed, EntryA(), Push(A, "08:30")).Ledger,
            "manifest-digest | agreed | A | - | - | -");
    }

    [Fact]
    public void A_withdrawn_claim_no_longer_signs_and_stays_in_sight()
    {
        Ledger ledger = Reconcile("12:00", [.. Scenario(), EntryB(time: "09:00", withdrawn: true)]).Ledger;

        Expect(ledger, "manifest-digest | held | - | unsigned-registry | digest-identity-conflict | -");
        Assert.Contains(ledger.For(Field.ManifestDigest).Candidates, c => c.Outcome == CandidateOutcome.Withdrawn);
    }

    [Fact]
    public void A_re_signed_release_has_a_set_of_envelopes_and_agrees_by_membership()
    {
        Ledger ledger = Reconcile(
            "12:00", Push(B, "08:00"), EntryB(), Entry(B, "09:00", 8, EnvelopeOther, NewFingerprint), SnapshotB(), ContainerB()).Ledger;

        Expect(
            ledger,
            "signature-envelope-id | agreed | " + EnvelopeOther + ",env-ledger | - | - | -",
            "observed-envelope-id | agreed | env-ledger | - | - | -",
            "certificate-fingerprint | agreed | fp-new | - | - | -");
    }

    [Fact]
    public void A_sidecar_that_no_release_names_gets_a_ledger_but_neither_hold_nor_package()
    {
        Reconciliation sidecar = Reconcile("12:00", Push(A, "06:00"), Container(B, "08:10", EnvelopeLedger));

        Assert.False(sidecar.Ledger.InScope);
        Assert.False(sidecar.Ledger.OnHold);
        Assert.All(sidecar.Ledger.Fields, f => Assert.Null(f.Hold));
        Assert.Null(sidecar.Package);
    }

    [Fact]
    public void An_observed_platform_manifest_of_the_promoted_index_agrees()
    {
        Ledger ledger = Reconcile(
            "12:00", Push(B, "08:00", children: [A, C]), EntryB(), SnapshotB(), Container(C, "08:10", EnvelopeLedger)).Ledger;

        Expect(ledger, "manifest-digest | agreed | B | - | - | -", "observed-envelope-id | agreed | env-ledger | - | - | -");
        Assert.Contains(ledger.For(Field.ManifestDigest).Candidates, c => c.Outcome == CandidateOutcome.Equivalent);
    }

    [Fact]
    public void A_signature_of_one_child_does_not_cover_its_index()
    {
        Ledger ledger = Reconcile(
            "12:00", Push(B, "08:00", children: [A, C]), Entry(C, "08:00", 7, EnvelopeLedger, NewFingerprint, tagged: false), SnapshotB()).Ledger;

        Expect(ledger, "signature-envelope-id | held | - | - | authority-missing | -");
    }

    [Fact]
    public void A_configuration_digest_is_incomparable_not_a_conflict()
    {
        Ledger ledger = Reconcile(
            "12:00", Push(B, "08:00"), EntryB(), SnapshotB(), Container(C, "08:10", EnvelopeLedger, kind: DigestKind.Config)).Ledger;

        Expect(ledger, "manifest-digest | agreed | B | - | - | -");
        Assert.Contains(ledger.For(Field.ManifestDigest).Candidates, c => c.Outcome == CandidateOutcome.Incomparable);
    }

    [Fact]
    public void A_deleted_manifest_takes_the_tag_along_but_not_a_later_push()
    {
        Observation[] all = [Push(B, "08:00"), EntryB(), SnapshotB(), ManifestDeleted(B, "09:00")];

        Expect(Reconcile("12:00", all).Ledger, "manifest-digest | held | - | - | authority-missing | -");
        Expect(Reconcile("12:00", [.. all, Push(B, "10:00")]).Ledger, "manifest-digest | agreed | B | - | - | -");
        Expect(Reconcile("12:00", [.. all, TagDeleted("10:00")]).Ledger, "manifest-digest | held | - | - | authority-missing | -");
    }

    [Fact]
    public void A_deletion_that_repeats_the_last_counter_ends_the_record()
    {
        Observation deleted = SnapshotB() with { Withdrawn = true, Lineage = Lineage("chg-1 deleted", "09:00", "servicenow") };

        Ledger ledger = Reconcile("12:00", Push(B, "08:00"), EntryB(), SnapshotB(), deleted, ContainerB()).Ledger;

        Expect(ledger, "approved-tuple | missing | - | - | - | -", "release-window | missing | - | - | - | -");
    }

    [Fact]
    public void Of_a_clusters_admission_decisions_the_latest_counts()
    {
        static Observation Decision(string uid, string time, string check) => Container(B, time, EnvelopeLedger, check: check) with
        {
            Record = new SourceRecord(Source.RuntimeValidation, Cluster, RecordKind.AdmissionDecision, $"{Cluster}/{uid}/api"),
            Lineage = Lineage($"decision {uid}", time, "admission"),
        };

        Ledger ledger = Reconcile("12:00", Push(B, "08:00"), EntryB(), SnapshotB(), Decision("r1", "08:10", "fail"), Decision("r2", "08:20", "pass")).Ledger;

        Expect(ledger, "admission-check | agreed | pass | - | - | -");
    }

    [Fact]
    public void A_claim_in_another_log_is_neither_later_nor_earlier()
    {
        Observation elsewhere = Entry(A, "09:00", 1, EnvelopeOther, new string('3', 64)) with
        {
            Record = new SourceRecord(Source.SignatureLedger, "log-2", RecordKind.LedgerEntry, "log-2/1"),
        };

        Ledger ledger = Reconcile("12:00", Push(A, "06:00"), EntryB(), elsewhere).Ledger;

        Expect(ledger, "manifest-digest | held | - | digest-identity-conflict | digest-identity-conflict | -");
        Assert.Equal(2, ledger.For(Field.ManifestDigest).Candidates.Count(c => c.Source == Source.SignatureLedger));
    }

    [Fact]
    public void One_live_cluster_does_not_keep_another_s_silence_fresh()
    {
        Observation[] all = [Push(B, "08:00"), EntryB(), SnapshotB(), ContainerB(), ContainerB("pod-9", "prod-us-1")];
        DateTimeOffset later = Ten + TimeSpan.FromDays(9);
        Observation heard = ContainerB("pod-9", "prod-us-1") with
        {
            Revision = new Revision("2", later), Lineage = Lineage("pod-9 later", "08:10", "cloudevents") with { ExtractedAt = later },
        };

        Expect(World.Reconcile(Rules, later, [.. all, heard]).Ledger, "observed-digest | stale | - | - | - | -");
    }

    [Fact]
    public void Each_cluster_falls_silent_at_an_instant_of_its_own_and_nothing_changes_in_between()
    {
        Observation[] all =
        [
            Push(B, "08:00"), EntryB(), SnapshotB(), ContainerB(),
            ContainerB("pod-9", "prod-us-1") with { Lineage = Lineage("pod-9", "09:30", "cloudevents") },
        ];
        DateTimeOffset? next = Ten;
        var ledgers = new List<string>();
        while (next is { } at && at < Ten.AddDays(30))
        {
            Reconciliation now = World.Reconcile(Rules, at, all);
            DateTimeOffset last = now.NextEvaluationAt?.AddTicks(-1) ?? at.AddYears(1);
            ledgers.Add(Text(now));
            Assert.Equal(ledgers[^1], Text(World.Reconcile(Rules, last, all)));
            next = now.NextEvaluationAt;
        }

        Assert.Equal(ledgers.Count, ledgers.Distinct().Count());

        static string Text(Reconciliation result) => CanonicalJson.Text(LedgerDocument.Of(result.Ledger));
    }

    [Fact]
    public void A_package_that_nobody_decided_on_is_prepared_anew_when_it_expires()
    {
        Reconciliation first = Reconcile("12:00", Scenario());
        DateTimeOffset expiry = first.Package!.ExpiresAt!.Value;
        Assert.Equal(expiry, first.NextEvaluationAt);

        Reconciliation before = World.Reconcile(Rules, expiry.AddTicks(-1), Scenario());
        Reconciliation after = World.Reconcile(Rules, expiry, Scenario());
        Reconciliation muchLater = World.Reconcile(Rules, expiry.AddHours(5), Scenario());

        Assert.Equal(first.Package.ExpiresAt, before.Package!.ExpiresAt);
        Assert.Equal(expiry + Rules.PackageLifetime, after.Package!.ExpiresAt);
        Assert.Equal(after.Package.ExpiresAt, muchLater.Package!.ExpiresAt);
    }

    [Fact]
    public void A_missing_authority_is_never_replaced_by_a_lower_source()
    {
        Ledger ledger = Reconcile("12:00", EntryB(), SnapshotB(), ContainerB()).Ledger;

        Expect(ledger, "manifest-digest | held | - | - | authority-missing | -", "tag-to-digest | held | - | - | authority-missing | -");
    }

    [Fact]
    public void A_silent_registry_goes_stale_and_a_contradicted_one_is_held()
    {
        var late = TimeSpan.FromDays(9);
        Ledger agreed = World.Reconcile(Rules, Ten + late, [Push(B, "08:00"), EntryB(), SnapshotB()]).Ledger;
        Expect(agreed, "tag-to-digest | stale | - | - | - | -", "manifest-digest | agreed | B | - | - | -");

        Ledger contradicted = World.Reconcile(Rules, Ten + late, [Push(B, "08:00"), EntryB(), Snapshot(A, "08:05", 4, NewFingerprint, "08:04")]).Ledger;
        Expect(contradicted, "tag-to-digest | held | - | registry-over-snapshot | authority-stale | -");
    }

    [Fact]
    public void Revisions_that_cannot_be_told_apart_stay_current_together()
    {
        Ledger ledger = Reconcile("12:00", Push(A, "08:00"), Push(B, "08:00"), EntryB(), SnapshotB()).Ledger;

        Expect(ledger, "manifest-digest | held | - | - | authority-conflict | -");
        Assert.Contains(
            new ReleaseCondition(Source.ArtifactRegistry, Field.ManifestDigest, ReleasePredicate.SingleRevisionRemains),
            ledger.For(Field.ManifestDigest).Hold!.ReleaseWhen);
    }

    [Fact]
    public void An_approval_time_carried_over_from_another_digest_does_not_bind()
    {
        Observation earlier = Snapshot(A, "07:00", 3, NewFingerprint, "08:04");

        Ledger ledger = Reconcile("12:00", Push(B, "08:00"), EntryB(), earlier, SnapshotB(), ContainerB()).Ledger;

        Expect(ledger, "approval-time | held | - | - | snapshot-binding-mismatch | -");
    }

    [Fact]
    public void An_approval_may_precede_the_build_where_the_policy_binds_the_change()
    {
        Observation[] all = [Push(B, "08:00"), EntryB(), Snapshot(B, "08:05", 4, NewFingerprint, "05:30"), ContainerB()];

        Expect(Reconcile("12:00", all).Ledger, "approval-time | held | - | - | snapshot-binding-mismatch | -");
        Expect(
            World.Reconcile(Rules with { ApprovalBinds = ApprovalBinding.Change }, At("12:00"), all).Ledger,
            "approval-time | agreed | 2026-03-22T05:30:00Z | - | - | -");
    }

    [Fact]
    public void A_cancelled_or_pending_change_does_not_speak()
    {
        Ledger ledger = Reconcile(
            "12:00", Push(B, "08:00"), EntryB(), SnapshotB(),
            Snapshot(A, "09:00", 1, NewFingerprint, "09:00", "chg-2", Approval.Cancelled)).Ledger;

        Expect(ledger, "approved-tuple | agreed | registry.example.com/payments/api:rel-2026.03.22.4@B | - | - | -");
    }

    [Fact]
    public void A_pin_decides_until_its_candidate_set_changes_or_it_expires()
    {
        var evidence = new EvidenceBase(Rules);
        Array.ForEach(Scenario(), evidence.Add);
        TupleEvidence tuple = evidence.Of(Release);
        Ledger before = Reconciler.Reconcile(tuple, Rules, At("12:00")).Ledger;
        var pin = new Pin(Field.ManifestDigest, [B.Text], CandidateSets.HashOf(before.For(Field.ManifestDigest).Candidates), At("16:00"), 1, "the hotfix is B");

        Ledger pinned = Reconciler.Reconcile(tuple with { Pins = [pin] }, Rules, At("12:00")).Ledger;
        Expect(pinned, "manifest-digest | precedence | B | steward-pin | - | -", "signer-key-id | agreed | kms-prod-sign-09 | - | - | -");
        Assert.Equal(At("16:00"), pinned.NextTransitionAt);

        Expect(
            Reconciler.Reconcile(tuple with { Pins = [pin] }, Rules, At("16:00")).Ledger,
            "manifest-digest | held | - | digest-identity-conflict | digest-identity-conflict | -");
        evidence.Add(Container(C, "11:00", EnvelopeOther, pod: "pod-7"));
        Expect(
            Reconciler.Reconcile(evidence.Of(Release) with { Pins = [pin] }, Rules, At("12:00")).Ledger,
            "manifest-digest | held | - | digest-identity-conflict | digest-identity-conflict | -");
    }

    [Fact]
    public void A_disagreement_without_a_rule_is_held()
    {
        Policy bare = Rules with
        {
            Fields = [.. Rules.Fields.Select(f => f.Field == Field.CertificateFingerprint ? f with { Disagreements = [] } : f)],
        };
        Ledger ledger = World.Reconcile(
            bare, At("12:00"), [Push(B, "08:00"), EntryB(), Snapshot(B, "08:05", 4, new string('1', 64), "08:04"), ContainerB()]).Ledger;

        Expect(ledger, "certificate-fingerprint | held | - | - | no-rule | -");
    }
}
