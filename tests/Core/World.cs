using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;

namespace ReleaseIntegrity.Tests.Core;

/// <summary>Made-up evidence about one release, in the words of the scenario.</summary>
internal static class World
{
    internal const string Registry = "registry.example.com";
    internal const string Repository = "payments/api";
    internal const string Tag = "rel-2026.03.22.4";
    internal const string Cluster = "prod-eu-1";

    internal static readonly Digest A = Digest.Parse("sha256:8f4" + new string('a', 58) + "7ac");
    internal static readonly Digest B = Digest.Parse("sha256:8f4" + new string('b', 58) + "71e");
    internal static readonly Digest C = Digest.Parse("sha256:" + new string('c', 64));
    internal static readonly ImageReference Release = new(Registry, Repository, Tag);
    internal static readonly Policy Rules = PolicyFile.Default();

    /// <summary>10:00 on the day of the hotfix.</summary>
    internal static readonly DateTimeOffset Ten = new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero);

    internal static DateTimeOffset At(string time) =>
        Ten.Date + TimeSpan.Parse(time, CultureInfo.InvariantCulture) is var at ? new DateTimeOffset(at, TimeSpan.Zero) : Ten;

    internal static Observation Push(Digest digest, string time, string registry = Registry, string? extracted = null, string? instance = null, params Digest[] children) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, instance ?? registry, RecordKind.RegistryTag, $"{registry}/{Repository}:{Tag}"),
        Revision = new Revision(null, At(time)),
        Lineage = Lineage($"push {registry} {digest} {time} {children.Length}", extracted ?? time, "distribution"),
        Subjects = [new Subject(Release with { Registry = registry }, digest, children.Length > 0 ? DigestKind.Index : DigestKind.Manifest, Place.At("/events/0/target/digest"))],
        Children = children,
        Fields =
        [
            Reading(Field.Repository, $"{registry}/{Repository}"),
            Reading(Field.ManifestDigest, digest.Text),
            Reading(Field.TagToDigest, digest.Text),
            Reading(Field.PromotionTime, Instants.Text(At(time))),
            Reading(Field.ActiveTags, Tag),
        ],
    };

    internal static Observation TagDeleted(string time) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, Registry, RecordKind.RegistryTag, $"{Registry}/{Repository}:{Tag}"),
        Revision = new Revision(null, At(time)),
        Lineage = Lineage($"delete {time}", time, "distribution"),
        Subjects = [new Subject(Release, null, DigestKind.Unknown, Place.At("/events/0/target/tag"))],
        Withdrawn = true,
    };

    internal static Observation ManifestDeleted(Digest digest, string time) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, Registry, RecordKind.RegistryManifest, $"{Registry}/{Repository}@{digest}"),
        Revision = new Revision(null, At(time)),
        Lineage = Lineage($"delete {digest} {time}", time, "distribution"),
        Subjects = [new Subject(Release with { Tag = null }, digest, DigestKind.Unknown, Place.At("/events/0/target/digest"))],
        Withdrawn = true,
    };

    internal static Observation Entry(
        Digest digest, string time, int index, string envelope, string fingerprint, bool tagged = true, bool withdrawn = false,
        string? extracted = null, string? predicate = "https://slsa.dev/provenance/v1", string key = "kms-prod-sign-09") => new()
        {
            Record = new SourceRecord(Source.SignatureLedger, "log-1", RecordKind.LedgerEntry, $"log-1/{index:x64}"),
            Revision = new Revision(index.ToString(CultureInfo.InvariantCulture), At(time)),
            Lineage = Lineage($"entry {index} {digest} {time} {withdrawn}", extracted ?? time, "sigstore-bundle"),
            SigningTime = At(time),
            PredicateType = predicate,
            Withdrawn = withdrawn,
            Subjects = [new Subject(tagged ? Release : null, digest, DigestKind.Unknown, new Place([new DecodeStep("/dsseEnvelope/payload", "base64-json")], "/subject/0/digest/sha256"))],
            Fields =
            [
                Reading(Field.SignatureEnvelopeId, envelope),
                Reading(Field.SignerIdentity, "release-bot@example.com"),
                Reading(Field.SignerKeyId, key),
                Reading(Field.CertificateFingerprint, fingerprint),
                Reading(Field.AttestationBundle, "sha256:" + new string('d', 64)),
                Reading(Field.LedgerWriteTime, Instants.Text(At(time))),
            ],
        };

    internal static Observation Snapshot(
        Digest digest, string time, int revision, string fingerprint, string approvedAt, string id = "chg-1",
        Approval approval = Approval.Approved, string instance = "change.example.com", string? extracted = null) => new()
        {
            Record = new SourceRecord(Source.ChangeSnapshot, instance, RecordKind.ChangeRecord, id),
            Revision = new Revision(revision.ToString(CultureInfo.InvariantCulture), At(time)),
            Lineage = Lineage($"change {instance} {id} {revision} {time} {digest} {approvedAt}", extracted ?? time, "servicenow"),
            Approval = approval,
            RecordPointer = "/result",
            Subjects = [new Subject(Release, digest, DigestKind.Unknown, Place.At("/result/u_artifact_digest"))],
            Fields =
            [
                Reading(Field.ManifestDigest, digest.Text, "/result/u_artifact_digest"),
                Reading(Field.TagToDigest, digest.Text, "/result/u_artifact_digest"),
                Reading(Field.Repository, $"{Registry}/{Repository}", "/result/u_artifact_image"),
                Reading(Field.ReleaseTrain, Tag, "/result/u_release_train"),
                Reading(Field.ReleaseWindow, "window-2026-03-22", "/result/u_release_window"),
                Reading(Field.ExceptionNotes, "emergency lane", "/result/u_exception_notes"),
                Reading(Field.ApprovedTuple, $"{Release}@{digest}", "/result/u_artifact_digest"),
                Reading(Field.ApprovalTime, Instants.Text(At(approvedAt)), "/result/u_approved_at"),
                Reading(Field.ReviewerState, "implement", "/result/state"),
                Reading(Field.CertificateFingerprint, fingerprint, "/result/u_certificate_fingerprint"),
            ],
        };

    internal static Observation Container(
        Digest digest, string time, string envelope, int revision = 1, string cluster = Cluster, string pod = "pod-1",
        bool finished = false, DigestKind kind = DigestKind.Manifest, string? extracted = null, string check = "pass") => new()
        {
            Record = new SourceRecord(Source.RuntimeValidation, cluster, RecordKind.Container, $"{cluster}/{pod}/api"),
            Revision = new Revision(revision.ToString(CultureInfo.InvariantCulture), At(time)),
            Lineage = Lineage($"pod {cluster} {pod} {revision} {digest} {envelope}", extracted ?? time, "cloudevents"),
            Withdrawn = finished,
            Subjects = [new Subject(Release, digest, kind, Place.At("/data/digest"))],
            Fields =
            [
                Reading(Field.ObservedDigest, digest.Text, "/data/digest") with { DigestKind = kind },
                Reading(Field.ObservedEnvelopeId, envelope, "/data/envelope"),
                Reading(Field.AdmissionCheck, check, "/data/check"),
                Reading(Field.ClusterId, cluster, "/data/cluster"),
                Reading(Field.ObservationTime, Instants.Text(At(time)), "/data/time"),
            ],
        };

    /// <summary>A payload that names the release's image, as a record of its own.</summary>
    internal static Observation SignedPayload(Digest payload, Digest named, string extracted) => new()
    {
        Record = new SourceRecord(Source.SignatureLedger, "unlogged", RecordKind.SignedPayload, payload.Text),
        Revision = new Revision(null, null),
        Lineage = Lineage($"payload {named} {payload} {extracted}", extracted, "cosign-simplesigning"),
        Subjects = [new Subject(Release with { Tag = null }, named, DigestKind.Unknown, Place.At("/critical/image/docker-manifest-digest"))],
        Children = [payload],
    };

    internal static Lineage Lineage(string seed, string extracted, string format) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed))), 0, At(extracted), format, 1);

    internal static FieldReading Reading(Field field, string value, string pointer = "/x") =>
        new() { Field = field, Values = [value], Raw = value, Place = Place.At(pointer) };

    internal static Reconciliation Reconcile(string asOf, params Observation[] observations) =>
        Reconcile(Rules, At(asOf), observations);

    internal static Reconciliation Reconcile(Policy policy, DateTimeOffset asOf, IEnumerable<Observation> observations)
    {
        var evidence = new EvidenceBase(policy);
        foreach (Observation observation in observations)
        {
            evidence.Add(observation);
        }

        return Reconciler.Reconcile(evidence.Of(Release), policy, asOf);
    }

    /// <summary>The scenario: the registry still at A, the others at B, an old fingerprint and approval, an unknown envelope.</summary>
    internal static Observation[] Scenario() =>
    [
        Push(A, "06:00"),
        Entry(B, "08:00", 7, "dsse-sha256:" + new string('e', 64), new string('2', 64)),
        Snapshot(B, "08:05", 4, new string('1', 64), "05:30"),
        Container(B, "08:10", "dsse-sha256:" + new string('f', 64)),
    ];

    /// <summary>Fields as lines: <c>field | state | value | rule | reason + also | root</c>, digests as A, B, C.</summary>
    internal static string Table(Ledger ledger)
    {
        var text = new StringBuilder();
        foreach (FieldEntry entry in ledger.Fields)
        {
            string hold = entry.Hold is null ? "-" : string.Join(" + ", entry.Hold.AlsoReasons.Prepend(entry.Hold.Reason).Select(WireNames.Of));
            string value = entry.Authoritative is null ? "-" : string.Join(",", entry.Authoritative);
            text.Append(CultureInfo.InvariantCulture, $"{WireNames.Of(entry.Field)} | {WireNames.Of(entry.State)} | {Short(value)} | {entry.Rule ?? "-"} | {hold} | {(entry.Hold?.Root is null ? "-" : "root")}\n");
        }

        return text.ToString();
    }

    internal static string Short(string text) => text
        .Replace(A.Text, "A", StringComparison.Ordinal).Replace(B.Text, "B", StringComparison.Ordinal).Replace(C.Text, "C", StringComparison.Ordinal)
        .Replace(new string('1', 64), "fp-old", StringComparison.Ordinal).Replace(new string('2', 64), "fp-new", StringComparison.Ordinal)
        .Replace("dsse-sha256:" + new string('e', 64), "env-ledger", StringComparison.Ordinal)
        .Replace("dsse-sha256:" + new string('f', 64), "env-runtime", StringComparison.Ordinal)
        .Replace("sha256:" + new string('d', 64), "bundle", StringComparison.Ordinal);
}
