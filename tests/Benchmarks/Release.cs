using System.Globalization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Benchmarks;

/// <summary>A made-up release with as much history as asked for.</summary>
internal static class Release
{
    private static readonly DateTimeOffset Eight = new(2026, 3, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly Digest A = Digest.Parse("sha256:" + new string('a', 64));
    private static readonly Digest B = Digest.Parse("sha256:" + new string('b', 64));
    private static readonly ImageReference Tuple = new("registry.example.com", "payments/api", "rel-2026.03.22.4");

    internal static TupleEvidence Evidence(Policy policy, int superseded, bool lagging)
    {
        var evidence = new EvidenceBase(policy);
        for (int i = 0; i < superseded; i++)
        {
            DateTimeOffset time = Eight.AddDays(-30).AddMinutes(i);
            evidence.Add(Push(Digest.Parse($"sha256:{i:x64}"), time));
            evidence.Add(Change(Digest.Parse($"sha256:{i:x64}"), time, i, new string('1', 64), time));
        }

        evidence.Add(Push(lagging ? A : B, Eight));
        evidence.Add(Entry(B, Eight.AddSeconds(30)));
        evidence.Add(Change(B, Eight.AddMinutes(2), superseded + 1, new string(lagging ? '1' : '2', 64), Eight.AddMinutes(lagging ? -90 : 1)));
        evidence.Add(Container(B, Eight.AddMinutes(3), lagging ? "dsse-sha256:" + new string('f', 64) : "dsse-sha256:" + new string('e', 64)));
        return evidence.Of(Tuple);
    }

    private static Observation Push(Digest digest, DateTimeOffset time) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, Tuple.Registry, RecordKind.RegistryTag, Tuple.ToString()),
        Revision = new Revision(null, time),
        Lineage = Lineage("distribution", time),
        Subjects = [new Subject(Tuple, digest, DigestKind.Manifest, Place.At("/events/0/target/digest"))],
        Fields =
        [
            Reading(Field.Repository, Tuple.Coordinates), Reading(Field.ManifestDigest, digest.Text),
            Reading(Field.TagToDigest, digest.Text), Reading(Field.PromotionTime, Instants.Text(time)), Reading(Field.ActiveTags, Tuple.Tag!),
        ],
    };

    private static Observation Entry(Digest digest, DateTimeOffset time) => new()
    {
        Record = new SourceRecord(Source.SignatureLedger, "log-1", RecordKind.LedgerEntry, "log-1/" + new string('7', 64)),
        Revision = new Revision("7", time),
        SigningTime = time,
        PredicateType = "https://slsa.dev/provenance/v1",
        Lineage = Lineage("sigstore-bundle", time),
        Subjects = [new Subject(Tuple, digest, DigestKind.Unknown, Place.At("/subject/0/digest/sha256"))],
        Fields =
        [
            Reading(Field.SignatureEnvelopeId, "dsse-sha256:" + new string('e', 64)), Reading(Field.SignerIdentity, "release-bot@example.com"),
            Reading(Field.SignerKeyId, "kms-prod-sign-09"), Reading(Field.CertificateFingerprint, new string('2', 64)),
            Reading(Field.AttestationBundle, "sha256:" + new string('d', 64)), Reading(Field.LedgerWriteTime, Instants.Text(time)),
        ],
    };

    private static Observation Change(Digest digest, DateTimeOffset time, int revision, string fingerprint, DateTimeOffset approved) => new()
    {
        Record = new SourceRecord(Source.ChangeSnapshot, "change.example.com", RecordKind.ChangeRecord, "chg-1"),
        Revision = new Revision(revision.ToString(CultureInfo.InvariantCulture), time),
        Lineage = Lineage("servicenow", time),
        Approval = Approval.Approved,
        Subjects = [new Subject(Tuple, digest, DigestKind.Unknown, Place.At("/u_artifact_digest"))],
        Fields =
        [
            Reading(Field.ManifestDigest, digest.Text), Reading(Field.TagToDigest, digest.Text), Reading(Field.Repository, Tuple.Coordinates),
            Reading(Field.ReleaseTrain, Tuple.Tag!), Reading(Field.ReleaseWindow, "window-1"), Reading(Field.ExceptionNotes, "emergency lane"),
            Reading(Field.ApprovedTuple, $"{Tuple}@{digest}"), Reading(Field.ApprovalTime, Instants.Text(approved)),
            Reading(Field.ReviewerState, "implement"), Reading(Field.CertificateFingerprint, fingerprint),
        ],
    };

    private static Observation Container(Digest digest, DateTimeOffset time, string envelope) => new()
    {
        Record = new SourceRecord(Source.RuntimeValidation, "prod-eu-1", RecordKind.Container, "prod-eu-1/pod-1/api"),
        Revision = new Revision("1", time),
        Lineage = Lineage("cloudevents", time),
        Subjects = [new Subject(Tuple, digest, DigestKind.Manifest, Place.At("/data/digest"))],
        Fields =
        [
            Reading(Field.ObservedDigest, digest.Text), Reading(Field.ObservedEnvelopeId, envelope), Reading(Field.AdmissionCheck, "pass"),
            Reading(Field.ClusterId, "prod-eu-1"), Reading(Field.ObservationTime, Instants.Text(time)),
        ],
    };

    private static Lineage Lineage(string format, DateTimeOffset time) => new(new string('0', 64), 0, time, format, 1);

    private static FieldReading Reading(Field field, string value) =>
        new() { Field = field, Values = [value], Raw = value, Place = Place.At("/x") };
}
