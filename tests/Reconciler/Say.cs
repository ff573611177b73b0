using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Observations, said briefly: the shapes that the sources' normalisers make.</summary>
internal static class Say
{
    public const string Registry = "registry.example.com";
    public static readonly DateTimeOffset T0 = new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero);
    public static readonly ImageReference Tuple = new(Registry, "payments/api", "rel-2026.03.22.4");
    public static readonly Digest A = Digest("a");
    public static readonly Digest B = Digest("b");

    public static Digest Digest(string seed) => Contracts.Digest.Parse("sha256:" + Hash("digest " + seed));

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static Observation Tag(ImageReference tuple, Digest? digest, DateTimeOffset at, DateTimeOffset? read = null, IReadOnlyList<Digest>? children = null) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, tuple.Registry, RecordKind.RegistryTag, tuple.ToString()),
        Revision = new Revision(null, at),
        Lineage = From($"tag {tuple} {digest} {at:O} {string.Join(',', children ?? [])}", "distribution", read ?? at.AddSeconds(1)),
        Subjects = [new Subject(tuple, digest, DigestKind.Unknown, Place.At("/target/digest"))],
        Withdrawn = digest is null,
        Children = children ?? [],
        Fields = digest is null ? [] :
        [
            Read(Field.Repository, tuple.Coordinates), Read(Field.ManifestDigest, digest.Value.Text), Read(Field.TagToDigest, digest.Value.Text),
            Read(Field.PromotionTime, Instants.Text(at)), Read(Field.ActiveTags, tuple.Tag!),
        ],
    };

    public static Observation Entry(int index, DateTimeOffset at, ImageReference? image, string key, params Digest[] digests) => new()
    {
        Record = new SourceRecord(Source.SignatureLedger, "log-1", RecordKind.LedgerEntry, $"log-1/{Hash($"leaf {index}")}"),
        Revision = new Revision($"{index}", at),
        Lineage = From($"entry {index} {image} {at:O} {key} {string.Join(',', digests)}", "sigstore-bundle", at.AddSeconds(2)),
        Subjects = [.. digests.Select(d => new Subject(image, d, DigestKind.Unknown, Place.At("/subject/0/digest/sha256")))],
        SigningTime = at,
        Fields =
        [
            Read(Field.SignatureEnvelopeId, "rekor:" + Hash($"leaf {index}")), Read(Field.SignerKeyId, key), Read(Field.SignerIdentity, "release@example.com"),
            Read(Field.CertificateFingerprint, Hash("certificate " + key)), Read(Field.AttestationBundle, "sha256:" + Hash($"bundle {index}")),
            Read(Field.LedgerWriteTime, Instants.Text(at)),
        ],
    };

    public static Observation Change(
        ImageReference tuple, Digest digest, DateTimeOffset approved, string key, DateTimeOffset updated, int revision = 1, string id = "chg-1", Approval approval = Approval.Approved) => new()
        {
            Record = new SourceRecord(Source.ChangeSnapshot, "changes.example.com", RecordKind.ChangeRecord, id),
            Revision = new Revision($"{revision}", updated),
            Lineage = From($"change {id} {tuple} {digest} {approved:O} {key} {updated:O} {revision} {approval}", "servicenow", updated.AddSeconds(3)),
            Subjects = [new Subject(tuple, digest, DigestKind.Unknown, Place.At("/result/u_digest"))],
            Approval = approval,
            RecordPointer = "/result",
            Fields =
            [
                Read(Field.ManifestDigest, digest.Text), Read(Field.TagToDigest, digest.Text), Read(Field.Repository, tuple.Coordinates),
                Read(Field.ReleaseTrain, tuple.Tag!), Read(Field.ReleaseWindow, "win-7"), Read(Field.ApprovedTuple, $"{tuple}@{digest}"),
                Read(Field.ApprovalTime, Instants.Text(approved)), Read(Field.ReviewerState, "approved"),
                Read(Field.CertificateFingerprint, Hash("certificate " + key), "/result/u_fingerprint"), Read(Field.SignerKeyId, key),
            ],
        };

    public static Observation Pod(
        ImageReference tuple, Digest digest, DateTimeOffset at, string uid = "pod-1", int version = 1, bool finished = false, string? envelope = null, string cluster = "prod-eu-1") => new()
        {
            Record = new SourceRecord(Source.RuntimeValidation, cluster, RecordKind.Container, $"{cluster}/{uid}/api"),
            Revision = new Revision($"{version}", at),
            Lineage = From($"pod {cluster} {uid} {tuple} {digest} {at:O} {version} {finished} {envelope}", "cloudevents", at.AddSeconds(1)),
            Subjects = [new Subject(tuple, digest, DigestKind.Manifest, Place.At("/data/digest"))],
            Withdrawn = finished,
            Fields =
            [
                Read(Field.ObservedDigest, digest.Text), Read(Field.ClusterId, cluster), Read(Field.ObservationTime, Instants.Text(at)),
                .. envelope is null ? (FieldReading[])[] : [Read(Field.ObservedEnvelopeId, envelope), Read(Field.AdmissionCheck, "pass")],
            ],
        };

    public static Observation Index(ImageReference repository, Digest index, DateTimeOffset at, bool deleted, params Digest[] children) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, repository.Registry, RecordKind.RegistryManifest, $"{repository.Coordinates}@{index}"),
        Revision = new Revision(null, at),
        Lineage = From($"manifest {repository.Coordinates} {index} {at:O} {deleted} {string.Join(',', children)}", "distribution", at.AddSeconds(1)),
        Subjects = [new Subject(repository with { Tag = null }, index, DigestKind.Index, Place.At("/target/digest"))],
        Children = children,
        Withdrawn = deleted,
        Fields = [Read(Field.Repository, repository.Coordinates)],
    };

    /// <summary>A payload that names an image, so that what is signed under the payload's digest is about the image.</summary>
    public static Observation Payload(ImageReference repository, Digest named, Digest payload, DateTimeOffset read) => new()
    {
        Record = new SourceRecord(Source.SignatureLedger, "unlogged", RecordKind.SignedPayload, payload.Text),
        Revision = new Revision(null, null),
        Lineage = From($"payload {repository.Coordinates} {named} {payload} {read:O}", "cosign-simplesigning", read),
        Subjects = [new Subject(repository with { Tag = null }, named, DigestKind.Unknown, Place.At("/critical/image/docker-manifest-digest"))],
        Children = [payload],
    };

    public static Observation RepositoryDeleted(ImageReference repository, DateTimeOffset at) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, repository.Registry, RecordKind.RegistryRepository, repository.Coordinates),
        Revision = new Revision(null, at),
        Lineage = From($"repository {repository.Coordinates} {at:O}", "harbor", at.AddSeconds(1)),
        Subjects = [new Subject(repository with { Tag = null }, null, DigestKind.Unknown, Place.At("/repository"))],
        Withdrawn = true,
    };

    public static Observation ReadAt(this Observation observation, DateTimeOffset at) =>
        observation with { Lineage = observation.Lineage with { ExtractedAt = at } };

    /// <summary>
    /// The scenario: the registry lags behind with A, everyone else says B; the snapshot has an older fingerprint and
    /// approval time, the runtime an envelope that no entry has.
    /// </summary>
    public static Observation[] Scenario =>
    [
        Tag(Tuple, A, T0.AddHours(-9)),
        Entry(41, T0.AddHours(-2), Tuple, "kms-prod-sign-09", B),
        Change(Tuple, B, T0.AddHours(-20), "kms-prod-sign-08", T0.AddHours(-1)),
        Pod(Tuple, B, T0.AddHours(-2), envelope: "rekor:" + Hash("nobody has it")),
    ];

    private static Lineage From(string notification, string format, DateTimeOffset read) => new(Hash(notification), 0, read, format, 1);

    private static FieldReading Read(Field field, string value, string? pointer = null) => new()
    {
        Field = field,
        Values = [value],
        Place = Place.At(pointer ?? "/result/" + WireNames.Of(field)),
        Raw = value,
    };
}
