using System.Globalization;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Benchmarks;

/// <summary>
/// Made-up releases, one observation of each source about each, as messages of one notification each. Sources keep no
/// step: the deliveries of a few hundred releases are mixed. In every fourth release the registry lags behind.
/// </summary>
internal static class FoldWorkload
{
    internal const int Sources = 4;
    private const int MixedReleases = 100;

    internal static readonly DateTimeOffset Noon = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The messages about releases <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/>.</summary>
    internal static IEnumerable<FoldMessage> Messages(int first, int count)
    {
        var random = new Random(first);
        foreach (int[] releases in Enumerable.Range(first, count).Chunk(MixedReleases))
        {
            Observation[] mixed = [.. releases.SelectMany(r => Enumerable.Range(0, Sources).Select(s => Of(r, s)))];
            random.Shuffle(mixed);
            foreach (Observation o in mixed)
            {
                yield return new FoldMessage(
                    OutboxMessage.DerivedId(o.Lineage.NotificationSha256),
                    new ObservationsNormalised(o.Lineage.NotificationSha256, o.Record.Source, o.Lineage.Format, [o]));
            }
        }
    }

    private static Observation Of(int release, int source)
    {
        var tuple = new ImageReference("registry.example.com", $"team{release % 97}/service{release % 1009}", $"r{release}");
        bool lags = release % 4 == 0;
        Digest digest = Digest.Parse($"sha256:{release:x64}");
        DateTimeOffset time = Noon.AddSeconds(-30 + (release % 10));
        return source switch
        {
            0 => Push(tuple, lags ? Digest.Parse($"sha256:f{release:x63}") : digest, time),
            1 => Entry(tuple, digest, release, time),
            2 => Change(tuple, digest, release, time, lags),
            _ => Container(tuple, digest, release, time),
        };
    }

    private static Observation Push(ImageReference tuple, Digest digest, DateTimeOffset time) => new()
    {
        Record = new SourceRecord(Source.ArtifactRegistry, tuple.Registry, RecordKind.RegistryTag, tuple.ToString()),
        Revision = new Revision(null, time),
        Lineage = Lineage(tuple, 0, "distribution", time),
        Subjects = [new Subject(tuple, digest, DigestKind.Manifest, Place.At("/events/0/target/digest"))],
        Fields =
        [
            Reading(Field.Repository, tuple.Coordinates), Reading(Field.ManifestDigest, digest.Text),
            Reading(Field.TagToDigest, digest.Text), Reading(Field.PromotionTime, Instants.Text(time)), Reading(Field.ActiveTags, tuple.Tag!),
        ],
    };

    private static Observation Entry(ImageReference tuple, Digest digest, int release, DateTimeOffset time) => new()
    {
        Record = new SourceRecord(Source.SignatureLedger, "log-1", RecordKind.LedgerEntry, $"log-1/{release:x64}"),
        Revision = new Revision(release.ToString(CultureInfo.InvariantCulture), time),
        SigningTime = time,
        PredicateType = "https://slsa.dev/provenance/v1",
        Lineage = Lineage(tuple, 1, "sigstore-bundle", time),
        Subjects = [new Subject(tuple, digest, DigestKind.Unknown, Place.At("/subject/0/digest/sha256"))],
        Fields =
        [
            Reading(Field.SignatureEnvelopeId, $"dsse-sha256:{release:x64}"), Reading(Field.SignerIdentity, "release-bot@example.com"),
            Reading(Field.SignerKeyId, "kms-prod-sign-09"), Reading(Field.CertificateFingerprint, $"{release:x64}"),
            Reading(Field.AttestationBundle, $"sha256:{release:x64}"), Reading(Field.LedgerWriteTime, Instants.Text(time)),
        ],
    };

    private static Observation Change(ImageReference tuple, Digest digest, int release, DateTimeOffset time, bool lags) => new()
    {
        Record = new SourceRecord(Source.ChangeSnapshot, "change.example.com", RecordKind.ChangeRecord, $"chg-{release}"),
        Revision = new Revision("3", time),
        Lineage = Lineage(tuple, 2, "servicenow", time),
        Approval = Approval.Approved,
        Subjects = [new Subject(tuple, digest, DigestKind.Unknown, Place.At("/u_artifact_digest"))],
        Fields =
        [
            Reading(Field.ManifestDigest, digest.Text), Reading(Field.TagToDigest, digest.Text), Reading(Field.Repository, tuple.Coordinates),
            Reading(Field.ReleaseTrain, tuple.Tag!), Reading(Field.ReleaseWindow, "window-1"), Reading(Field.ExceptionNotes, "emergency lane"),
            Reading(Field.ApprovedTuple, $"{tuple}@{digest}"), Reading(Field.ApprovalTime, Instants.Text(time)),
            Reading(Field.ReviewerState, "implement"), Reading(Field.CertificateFingerprint, lags ? $"0{release:x63}" : $"{release:x64}"),
        ],
    };

    private static Observation Container(ImageReference tuple, Digest digest, int release, DateTimeOffset time) => new()
    {
        Record = new SourceRecord(Source.RuntimeValidation, "prod-eu-1", RecordKind.Container, $"prod-eu-1/{release:x32}/api"),
        Revision = new Revision("1", time),
        Lineage = Lineage(tuple, 3, "cloudevents", time),
        Subjects = [new Subject(tuple, digest, DigestKind.Manifest, Place.At("/data/digest"))],
        Fields =
        [
            Reading(Field.ObservedDigest, digest.Text), Reading(Field.ObservedEnvelopeId, $"dsse-sha256:{release:x64}"),
            Reading(Field.AdmissionCheck, "pass"), Reading(Field.ClusterId, "prod-eu-1"), Reading(Field.ObservationTime, Instants.Text(time)),
        ],
    };

    private static Lineage Lineage(ImageReference tuple, int source, string format, DateTimeOffset time) =>
        new(OutboxMessage.DerivedId(tuple.ToString(), format).ToString("N") + new string((char)('a' + source), 32), 0, time.AddSeconds(1), format, 1);

    private static FieldReading Reading(Field field, string value) =>
        new() { Field = field, Values = [value], Raw = value, Place = Place.At("/x") };
}
