using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using Xunit;
using static ReleaseIntegrity.Tests.Core.World;

namespace ReleaseIntegrity.Tests.Core;

public class When_the_registry_lags_behind_a_hotfix
{
    [Fact]
    public void The_ledger_is_the_worked_example_of_the_domain()
    {
        Ledger ledger = Reconcile("12:00", Scenario()).Ledger;

        Assert.Equal(
            """
            active-tags | held | - | - | digest-identity-conflict | root
            admission-check | agreed | pass | - | - | -
            approval-time | held | - | - | snapshot-binding-mismatch + digest-identity-conflict | root
            approved-tuple | held | - | - | snapshot-binding-mismatch + digest-identity-conflict | root
            attestation-bundle | held | - | - | digest-identity-conflict | root
            certificate-fingerprint | held | - | - | digest-identity-conflict + snapshot-binding-mismatch | root
            certificate-lineage | missing | - | - | - | -
            cluster-id | agreed | prod-eu-1 | - | - | -
            exception-bindings | missing | - | - | - | -
            exception-notes | agreed | emergency lane | - | - | -
            ledger-write-time | held | - | - | digest-identity-conflict | root
            manifest-digest | held | - | digest-identity-conflict | digest-identity-conflict | -
            observation-time | agreed | 2026-03-22T08:10:00Z | - | - | -
            observed-digest | agreed | B | - | - | -
            observed-envelope-id | held | - | - | runtime-unlinked | -
            promotion-time | held | - | - | digest-identity-conflict | root
            release-train | agreed | rel-2026.03.22.4 | - | - | -
            release-window | agreed | window-2026-03-22 | - | - | -
            repository | agreed | registry.example.com/payments/api | - | - | -
            reviewer-state | agreed | implement | - | - | -
            signature-envelope-id | held | - | - | digest-identity-conflict | root
            signer-identity | held | - | - | digest-identity-conflict | root
            signer-key-id | held | - | - | digest-identity-conflict | root
            tag-to-digest | held | - | digest-identity-conflict | digest-identity-conflict | -

            """,
            Table(ledger));
        Assert.True(ledger.InScope);
        Assert.True(ledger.OnHold);
    }

    [Fact]
    public void The_package_is_prepared_without_any_write_and_lists_both_alternatives()
    {
        CorrectionPackage package = Assert.IsType<CorrectionPackage>(Reconcile("12:00", Scenario()).Package);

        Assert.Empty(package.Writes);
        IReadOnlyList<Alternative> alternatives = package.Ledger.For(Field.ManifestDigest).Hold!.Alternatives;
        Assert.Equal([A.Text, B.Text], alternatives.Select(a => Assert.Single(a.Value)));
        Assert.Empty(alternatives[0].Writes);
        Assert.Equal(
            [AlternativeNeed.LedgerEntry, AlternativeNeed.ReApproval, AlternativeNeed.ClaimChange, AlternativeNeed.Rollout],
            alternatives[0].Needs);
        ProposedWrite write = Assert.Single(alternatives[1].Writes);
        Assert.Equal(Field.CertificateFingerprint, write.Field);
        Assert.Equal([("test", new string('1', 64)), ("replace", new string('2', 64))], write.Patch.Select(o => (o.Op, o.Value!)));
        Assert.Equal("/u_certificate_fingerprint", write.Patch[0].Path);
        Assert.Contains(AlternativeNeed.RegistryPromotion, alternatives[1].Needs);
    }

    [Fact]
    public void The_digest_hold_says_what_evidence_would_release_it()
    {
        Hold hold = Reconcile("12:00", Scenario()).Ledger.For(Field.ManifestDigest).Hold!;

        Assert.Contains(new ReleaseCondition(Source.ArtifactRegistry, Field.ManifestDigest, ReleasePredicate.NewerRevisionNames, B.Text), hold.ReleaseWhen);
        Assert.Contains(new ReleaseCondition(Source.SignatureLedger, Field.ManifestDigest, ReleasePredicate.LaterClaimNames, A.Text), hold.ReleaseWhen);
        Assert.Contains(new ReleaseCondition(Source.SignatureLedger, Field.ManifestDigest, ReleasePredicate.ClaimWithdrawn, B.Text), hold.ReleaseWhen);
        Assert.Contains(new ReleaseCondition(null, Field.ManifestDigest, ReleasePredicate.StewardPin), hold.ReleaseWhen);
    }

    [Fact]
    public void A_late_promotion_proposes_the_fingerprint_and_keeps_the_approval_held()
    {
        Reconciliation after = Reconcile("14:00", [.. Scenario(), Push(B, "12:30")]);

        Assert.Equal(
            """
            active-tags | agreed | rel-2026.03.22.4 | - | - | -
            admission-check | agreed | pass | - | - | -
            approval-time | held | - | - | snapshot-binding-mismatch | -
            approved-tuple | held | - | - | snapshot-binding-mismatch | -
            attestation-bundle | agreed | bundle | - | - | -
            certificate-fingerprint | precedence | fp-new | ledger-lineage-over-snapshot | - | -
            certificate-lineage | missing | - | - | - | -
            cluster-id | agreed | prod-eu-1 | - | - | -
            exception-bindings | missing | - | - | - | -
            exception-notes | agreed | emergency lane | - | - | -
            ledger-write-time | agreed | 2026-03-22T08:00:00Z | - | - | -
            manifest-digest | agreed | B | - | - | -
            observation-time | agreed | 2026-03-22T08:10:00Z | - | - | -
            observed-digest | agreed | B | - | - | -
            observed-envelope-id | held | - | - | runtime-unlinked | -
            promotion-time | agreed | 2026-03-22T12:30:00Z | - | - | -
            release-train | agreed | rel-2026.03.22.4 | - | - | -
            release-window | agreed | window-2026-03-22 | - | - | -
            repository | agreed | registry.example.com/payments/api | - | - | -
            reviewer-state | agreed | implement | - | - | -
            signature-envelope-id | precedence | env-ledger | runtime-never-overrides | - | -
            signer-identity | agreed | release-bot@example.com | - | - | -
            signer-key-id | agreed | kms-prod-sign-09 | - | - | -
            tag-to-digest | agreed | B | - | - | -

            """,
            Table(after.Ledger));
        Assert.True(after.Ledger.OnHold);
        ProposedWrite write = Assert.Single(after.Package!.Writes);
        Assert.Equal(Field.CertificateFingerprint, write.Field);
        Assert.Equal([("test", new string('2', 64)), ("replace", new string('1', 64))], write.Inverse.Select(o => (o.Op, o.Value!)));
    }
}
