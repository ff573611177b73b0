using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using Xunit;
using static ReleaseIntegrity.Tests.Core.World;

namespace ReleaseIntegrity.Tests.Core;

/// <summary>The invariants of the core over random evidence about one release.</summary>
public class Invariants
{
    private static readonly string[] Times = ["06:00", "07:00", "08:00", "08:00", "08:10", "09:00", "09:55", "10:05", "11:00", "20:00"];
    private static readonly Digest[] Digests = [A, B, C];
    private static readonly Digest Payload = Digest.Parse("sha256:" + new string('9', 64));

    /// <summary>Up to a dozen observations: few records, few values and few times, so that they collide.</summary>
    public static Arbitrary<Observation[]> Evidence() => Gen.ArrayOf(One()).Where(a => a.Length is > 0 and < 14).ToArbitrary();

    private static Gen<Observation> One()
    {
        Gen<string> time = Gen.Elements(Times);
        Gen<Digest> digest = Gen.Elements(Digests);
        Gen<int> number = Gen.Choose(1, 4);
        Gen<string> envelope = Gen.Elements("dsse-sha256:" + new string('e', 64), "dsse-sha256:" + new string('f', 64), "rekor:" + new string('e', 64));
        Gen<string> fingerprint = Gen.Elements(new string('1', 64), new string('2', 64));
        Gen<bool> flag = Gen.Elements(false, false, false, true);
        return Gen.OneOf(
            from t in time from d in digest from late in flag select Push(d, t, extracted: late ? "12:30" : null),
            from t in time from d in digest select Push(d, t, children: [A, C]),
            from t in time from d in digest from gone in flag select gone ? TagDeleted(t) : ManifestDeleted(d, t),
            from t in time from d in digest from n in number from e in envelope from f in fingerprint from untagged in flag from w in flag
            select Entry(d, t, n, e, f, !untagged, w),
            from t in time from n in number from e in envelope from f in fingerprint select Entry(Payload, t, n, e, f, tagged: false),
            from t in time from d in digest select SignedPayload(Payload, d, t),
            from t in time from d in digest from n in number from f in fingerprint from at in time from id in Gen.Elements("chg-1", "chg-2")
            select Snapshot(d, t, n, f, at, id),
            from t in time from d in digest from n in number from e in envelope from done in flag from pod in Gen.Elements("pod-1", "pod-2")
            from cluster in Gen.Elements(Cluster, "prod-us-1")
            select Container(d, t, e, n, cluster, pod, done));
    }

    private static string Bytes(IEnumerable<Observation> observations, string asOf = "12:00")
    {
        Reconciliation result = World.Reconcile(Rules, At(asOf), observations);
        return CanonicalJson.Text(LedgerDocument.Of(result.Ledger))
            + (result.Package is null ? "" : CanonicalJson.Text(PackageDocument.Of(result.Package)));
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 400)]
    public bool I1_any_order_and_any_repetition_give_the_same_bytes(Observation[] evidence, int seed)
    {
        Observation[] shuffled = [.. evidence, .. evidence.Where((_, i) => i % 2 == 0)];
        new System.Random(seed).Shuffle(shuffled);
        return Bytes(evidence) == Bytes(shuffled);
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 400)]
    public bool I1_appending_one_by_one_is_folding_all_at_once(Observation[] evidence)
    {
        foreach (IGrouping<SourceRecord, Observation> record in evidence.GroupBy(o => o.Record))
        {
            Observation[] all = [.. record];
            RecordHistory history = RecordHistory.Of(all[..1], Rules);
            for (int i = 1; i < all.Length; i++)
            {
                history = history.TryAppend(all[i], Rules) ?? RecordHistory.Of(all[..(i + 1)], Rules);
            }

            RecordHistory whole = RecordHistory.Of(all, Rules);
            bool same = history.Current.SequenceEqual(whole.Current) && history.Skewed.SequenceEqual(whole.Skewed)
                && history.Past.SetEquals(whole.Past) && history.Plain == whole.Plain;
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 400)]
    public bool I2_every_differing_candidate_is_held_converging_or_lost_by_a_named_rule(Observation[] evidence)
    {
        return World.Reconcile(Rules, At("12:00"), evidence).Ledger.Fields.All(Shows);

        static bool Shows(FieldEntry entry)
        {
            bool agreeing = entry.Candidates
                .Where(c => c.Outcome is CandidateOutcome.Agrees or CandidateOutcome.Authoritative)
                .All(c => c.Values.All(v => entry.Authoritative?.Contains(v) == true));
            bool differing = entry.Candidates.Any(c => c.Outcome is CandidateOutcome.Lost or CandidateOutcome.Contested);
            return agreeing && entry.State switch
            {
                FieldState.Agreed => !differing,
                FieldState.Precedence => differing && entry.Rule is not null,
                _ => true,
            };
        }
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 400)]
    public bool I3_runtime_is_never_authoritative_for_a_signed_field(Observation[] evidence) =>
        World.Reconcile(Rules, At("12:00"), evidence).Ledger.Fields
            .Where(f => !FieldCatalogue.IsRuntimeOwn(f.Field))
            .All(f => f.Candidates.All(c => c.Source != Source.RuntimeValidation || c.Outcome != CandidateOutcome.Authoritative)
                && (f.Authoritative is null || f.Candidates.Any(c => c.Outcome == CandidateOutcome.Authoritative)));

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 300)]
    public bool I4_without_rules_nothing_is_decided_between_differing_sources(Observation[] evidence)
    {
        Policy bare = Rules with { Fields = [.. Rules.Fields.Select(f => f with { Disagreements = [] })] };
        return World.Reconcile(bare, At("12:00"), evidence).Ledger.Fields
            .All(f => f.State != FieldState.Precedence || f.Rule == "latest-observation");
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 400)]
    public bool I5_a_held_field_has_no_value_and_no_write(Observation[] evidence)
    {
        Reconciliation result = World.Reconcile(Rules, At("12:00"), evidence);
        HashSet<Field> held = [.. result.Ledger.Fields.Where(f => f.State == FieldState.Held).Select(f => f.Field)];
        return result.Ledger.Fields.Where(f => held.Contains(f.Field)).All(f => f.Authoritative is null)
            && (result.Package?.Writes.All(w => !held.Contains(w.Field)) ?? true)
            && (!result.Ledger.InScope || result.Ledger.Fields.All(f => (f.Hold is not null) == (f.State == FieldState.Held)));
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 300)]
    public bool I6_every_candidate_leads_to_one_of_the_observations_as_it_was(Observation[] evidence) =>
        World.Reconcile(Rules, At("12:00"), evidence).Ledger.Fields.SelectMany(f => f.Candidates).All(c => evidence.Any(o => o == c.Observation
            && (o.Fields.Any(r => r.Place == c.Place && r.Values.SequenceEqual(c.Values)) || o.Subjects.Any(s => s.Place == c.Place))));

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 300)]
    public bool I8_a_write_and_its_inverse_are_the_identity_and_refuse_a_moved_target(Observation[] evidence)
    {
        IEnumerable<ProposedWrite> writes = World.Reconcile(Rules, At("12:00"), evidence).Package?.Writes ?? [];
        return writes.All(write =>
        {
            var record = new JsonObject { [write.Patch[0].Path[1..]] = write.Patch[0].Value, ["other"] = "kept" };
            JsonObject after = Apply(record, write.Patch)!;
            bool identity = JsonNode.DeepEquals(Apply(after, write.Inverse), record);
            after[write.Patch[0].Path[1..]] = "moved since";
            return identity && Apply(after, write.Inverse) is null;
        });
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 300)]
    public bool Nothing_changes_between_two_transitions(Observation[] evidence)
    {
        Reconciliation now = World.Reconcile(Rules, At("12:00"), evidence);
        DateTimeOffset until = now.NextEvaluationAt is { } next ? next.AddTicks(-1) : At("23:00");
        return Bytes(evidence) == CanonicalJson.Text(LedgerDocument.Of(World.Reconcile(Rules, until, evidence.Where(o => true)).Ledger))
            + (World.Reconcile(Rules, until, evidence).Package is { } p ? CanonicalJson.Text(PackageDocument.Of(p)) : "")
            || evidence.Any(o => o.Revision.Time > At("12:00") && o.Revision.Time <= until);
    }

    [Property(Arbitrary = [typeof(Invariants)], MaxTest = 200)]
    public bool An_agreeing_re_read_opens_no_hold_and_supersedes_no_package(Observation[] evidence)
    {
        Reconciliation before = World.Reconcile(Rules, At("12:00"), evidence);
        if (before.Package is null)
        {
            return true;
        }

        Observation? known = evidence.FirstOrDefault(o => o.Lineage.ExtractedAt < At("11:59"));
        if (known is null)
        {
            return true;
        }

        Observation again = known with { Lineage = known.Lineage with { ExtractedAt = At("11:59"), NotificationSha256 = new string('0', 64) } };
        Reconciliation after = World.Reconcile(Rules, At("12:00"), [.. evidence, again]);
        return PackageDocument.DecisionKey(PackageDocument.Of(before.Package)) == PackageDocument.DecisionKey(PackageDocument.Of(after.Package!));
    }

    [Fact]
    public void Between_events_the_scenario_has_no_transition_left() =>
        Assert.Null(Reconcile("12:00", Scenario()).Ledger.NextTransitionAt);

    private static JsonObject? Apply(JsonObject record, IReadOnlyList<PatchOperation> patch)
    {
        var copy = (JsonObject)record.DeepClone();
        foreach (PatchOperation operation in patch)
        {
            string member = operation.Path[1..];
            if (operation.Op == "test" && (string?)copy[member] != operation.Value)
            {
                return null;
            }

            if (operation.Op == "replace")
            {
                copy[member] = operation.Value;
            }
        }

        return copy;
    }
}
