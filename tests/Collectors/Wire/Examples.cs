using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Tests.Collectors.Wire;

/// <summary>One of each message, with every member set.</summary>
internal static class Examples
{
    private static readonly DateTimeOffset At = new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly ImageReference Tuple = new("registry.example.com", "payments/api", "rel-1");

    /// <summary>The members that a message can do without.</summary>
    public static IReadOnlySet<string> Optional { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "observations-normalised.v1 reread", "case-changed.v1 packageId", "correction-package-prepared.v1 supersedes",
        "pin-changed.v1 values", "pin-changed.v1 candidateSet", "ledger-changed.v1 holdsOpen", "ledger-changed.v1 contradicts",
    };

    /// <summary>An observation with everything that one can have.</summary>
    public static Observation Observation { get; } = new()
    {
        Record = new SourceRecord(Source.SignatureLedger, "log", RecordKind.LedgerEntry, "log/leaf"),
        Revision = new Revision("12345678901234567890", DateTimeOffset.UnixEpoch.AddTicks(1)),
        Lineage = new Lineage("ab", 3, DateTimeOffset.UnixEpoch, "sigstore-bundle", 2),
        Subjects =
        [
            new Subject(new ImageReference("r.example", "a/b", null), FakeNormalizer.DigestOf(1), DigestKind.Index, Place.At("/s")),
            new Subject(null, null, DigestKind.Unknown, new Place([new DecodeStep("/x", "base64-json")], "/y")),
        ],
        Fields =
        [
            new FieldReading { Field = Field.SignerKeyId, Values = ["a", "b"], Place = Place.At("/k") },
            new FieldReading { Field = Field.ManifestDigest, Values = [], Place = Place.At(""), Raw = "é\u0001", Unreadable = "no", DigestKind = DigestKind.Config },
        ],
        Children = [FakeNormalizer.DigestOf(2)],
        Withdrawn = true,
        Approval = Approval.Cancelled,
        PredicateType = "p",
        SigningTime = DateTimeOffset.UnixEpoch,
        MessageId = "m",
        RecordPointer = "/result",
    };

    /// <summary>The message of a published name; <c>parcel</c> for what messages travel in.</summary>
    public static object Of(string type) => type switch
    {
        "observations-normalised.v1" => new ObservationsNormalised("ab", Source.SignatureLedger, "sigstore-bundle", [Observation], Reread: true),
        "hint-raised.v1" => new HintRaised("ab", 1, Source.ChangeSnapshot, "jira", "jira.example", "CHG-1", "names no digest"),
        "source-heard.v1" => new SourceHeard(Source.ChangeSnapshot, "jira.example", At),
        "resync-requested.v1" => new ResyncRequested(Source.ChangeSnapshot, "jira.example", "CHG-1", "a hint"),
        "messages-folded.v1" => new MessagesFolded("collector-artifact-registry", [new Guid(1, 2, 3, new byte[8])]),
        "ledger-changed.v1" => new LedgerChanged
        {
            Tuple = Tuple, Revision = 2, CanonicalLedger = "{}"u8.ToArray(), LedgerSha256 = "cd",
            HoldsOpened = ["manifest-digest/clock-skew"], HoldsReleased = ["signer-key-id/stale"], RecordedAt = At,
            HoldsOpen = [new HoldOpening("manifest-digest/clock-skew", At, "cd")], Contradicts = 1,
        },
        "correction-package-prepared.v1" => new CorrectionPackagePrepared
        {
            Tuple = Tuple, PackageId = "p2", Revision = 2, Supersedes = "p1", CanonicalPackage = "{}"u8.ToArray(), PreparedAt = At,
        },
        "correction-package-closed.v1" => new CorrectionPackageClosed { Tuple = Tuple, PackageId = "p2", Revision = 2, LedgerSha256 = "cd", ClosedAt = At },
        "holds-changed.v1" => new HoldsChanged
        {
            Tuple = Tuple, Revision = 2, Opened = [new HoldNotice("manifest-digest/clock-skew", "manifest-digest", "clock-skew")],
            Released = [new HoldNotice("signer-key-id/stale", "signer-key-id", "stale")], At = At, LedgerSha256 = "cd",
        },
        "case-changed.v1" => new CaseChanged
        {
            Tuple = Tuple, Revision = 3, LedgerSha256 = "cd", OnHold = true, Converging = true, PackageId = "p2", PackageRevision = 2, At = At,
        },
        "steward-decided.v1" => new StewardDecided
        {
            Tuple = Tuple, PackageId = "p2", PackageRevision = 2, Decision = PackageDecision.RepairAuthorized, Sequence = 7, At = At,
        },
        "pin-changed.v1" => new PinChanged
        {
            Tuple = Tuple, Field = Field.ManifestDigest, Values = ["a"], CandidateSet = "ef", EndsAt = At, Sequence = 8, Reason = "seen at the console",
        },
        "rebuild-requested.v1" => new RebuildRequested { RequestId = new Guid(1, 2, 3, new byte[8]), RequestedAt = At },
        "parcel" => new Parcel("reconciler", [new ParcelItem(new Guid(1, 2, 3, new byte[8]), "hint-raised.v1", """{"in":"place"}"""u8.ToArray())]),
        _ => throw new ArgumentException($"{type} has no example: write one, and its line in Wire.approved.txt"),
    };
}
