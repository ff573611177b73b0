using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using Xunit;
using static ReleaseIntegrity.Tests.Core.World;

namespace ReleaseIntegrity.Tests.Core;

/// <summary>
/// Runtimes that report one image under several digests, and registries whose events state no time: what the world simulator
/// found that nobody had thought of.
/// </summary>
public sealed class When_sources_say_less_than_others
{
    private static readonly string Envelope = "dsse-sha256:" + new string('e', 64);
    private static readonly string Fingerprint = new('2', 64);
    private static readonly Digest Child1 = Digest.Parse("sha256:" + new string('4', 64));
    private static readonly Digest Child2 = Digest.Parse("sha256:" + new string('5', 64));

    private static Observation[] Signed(Digest digest) =>
        [Entry(digest, "08:01", 7, Envelope, Fingerprint), Snapshot(digest, "08:05", 4, Fingerprint, "08:04")];

    [Fact]
    public void Clusters_that_report_an_index_and_manifests_of_it_run_one_image()
    {
        Observation[] running =
        [
            Container(B, "08:10", Envelope, pod: "pod-1"),
            Container(Child1, "08:10", Envelope, pod: "pod-2"),
            Container(Child2, "08:11", Envelope, pod: "pod-3", cluster: "prod-us-2"),
        ];

        FieldEntry observed = Reconcile("12:00", [Push(B, "08:00", children: [Child1, Child2]), .. Signed(B), .. running]).Ledger.For(Field.ObservedDigest);

        Assert.Equal((FieldState.Agreed, null), (observed.State, observed.Hold));
        Assert.Equal(new[] { B.Text, Child1.Text, Child2.Text }.Order(StringComparer.Ordinal), observed.Authoritative);
    }

    [Fact]
    public void Another_images_manifest_among_them_is_held()
    {
        Ledger ledger = Reconcile(
            "12:00", [Push(B, "08:00", children: [Child1]), .. Signed(B), Container(B, "08:10", Envelope, pod: "pod-1"), Container(Child2, "08:10", Envelope, pod: "pod-2")]).Ledger;

        Assert.Equal(HoldReason.AuthorityConflict, ledger.For(Field.ObservedDigest).Hold?.Reason);
    }

    [Fact]
    public void A_configuration_from_the_future_contradicts_nobody()
    {
        Observation ahead = Container(C, "11:00", Envelope, pod: "pod-2", kind: DigestKind.Config, extracted: "08:12");

        Assert.Equal(FieldState.Agreed, Reconcile("09:30", [Push(B, "08:00"), .. Signed(B), Container(B, "08:10", Envelope), ahead]).Ledger.For(Field.ObservedDigest).State);
    }

    [Fact]
    public void A_digest_that_is_pushed_without_a_time_gets_its_allowance_from_the_reading_that_has_one()
    {
        Observation[] records = [Undated(B, "08:00"), Push(B, "08:02"), Snapshot(B, "08:05", 4, Fingerprint, "08:04")];

        Assert.Equal(FieldState.Converging, Reconcile("08:30", records).Ledger.For(Field.SignatureEnvelopeId).State);
        Assert.Equal(FieldState.Held, Reconcile("10:00", records).Ledger.For(Field.SignatureEnvelopeId).State);
    }

    [Fact]
    public void A_push_without_a_time_makes_no_claim_history()
    {
        Observation[] records = [Push(A, "06:00"), Entry(A, "06:01", 5, "dsse-sha256:" + new string('9', 64), Fingerprint), Undated(B, "08:00"), .. Signed(B)];

        Assert.Equal(HoldReason.DigestIdentityConflict, Reconcile("12:00", records).Ledger.For(Field.ManifestDigest).Hold?.Reason);
    }

    [Fact]
    public void Appending_one_by_one_gives_what_folding_all_gives_where_times_are_missing()
    {
        Observation[] records = [Undated(B, "08:00"), Push(B, "08:02"), Push(A, "09:00")];
        RecordHistory appended = RecordHistory.Of(records[..1], Rules);
        for (int i = 1; i < records.Length; i++)
        {
            appended = appended.TryAppend(records[i], Rules) ?? RecordHistory.Of(records[..(i + 1)], Rules);
            RecordHistory whole = RecordHistory.Of(records[..(i + 1)], Rules);
            Assert.Equal(whole.Current, appended.Current);
            Assert.Equal(whole.Past.Order(), appended.Past.Order());
        }
    }

    /// <summary>A push as Artifactory tells it.</summary>
    private static Observation Undated(Digest digest, string received)
    {
        Observation push = Push(digest, received);
        return push with
        {
            Revision = new Revision(null, null),
            Fields = [.. push.Fields.Where(f => f.Field != Field.PromotionTime)],
            Lineage = Lineage($"undated {digest} {received}", received, "jfrog"),
        };
    }
}
