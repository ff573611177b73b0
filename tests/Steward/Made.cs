using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

/// <summary>The scenario as a server would show it, masked, after the registry promoted B late: one write, three holds.</summary>
internal static class Made
{
    public const string TupleId = "3f9a0c1d2e4b5a69788796a5b4c3d2e1";
    public const string OtherTupleId = "3f9b0c1d2e4b5a69788796a5b4c3d2e1";
    public const string Coordinates = "registry.example.com/<repo:0a1b2c3d4e5f>:rel-2026.03.22.4";
    public const string WriteId = "certificate-fingerprint/CHG0030012";

    public static readonly string PackageId = new('a', 64);
    public static readonly string EarlierId = new('b', 64);

    public static string Name => $"tuples/{TupleId}/packages/{PackageId}";

    private static Handoff.V1.Tuple Tuple(string id = TupleId, string tag = "rel-2026.03.22.4") =>
        new() { Id = id, Registry = "registry.example.com", Repository = "<repo:0a1b2c3d4e5f>", Tag = tag };

    public static CorrectionPackage Package() => new()
    {
        Name = Name, PackageId = PackageId, Tuple = Tuple(), Revision = 2, State = PackageState.Prepared, Supersedes = EarlierId,
        PrepareTime = At(9, 0), HandoffTime = At(9, 1), ExpireTime = At(20, 0), OnHold = true, ReleaseTrain = "rel-2026.03.22.4",
        HoldReasons = { "runtime-unlinked", "snapshot-binding-mismatch" }, ExceptionCount = 3, ProposedWriteCount = 1, Etag = "etag-2",
        Ledger = Ledger(), ProposedWrites = { Write() },
        Exceptions =
        {
            Fields().Where(f => f.Hold is not null).Select(f => f.Hold),
        },
        Alternatives =
        {
            new Alternative { Field = "approved-tuple", Value = Value("sha256:8f4…71e"), Sources = { "change-snapshot" }, Needs = { "re-approval" }, Writes = { Write() } },
        },
        Notes = { new Annotation { Field = "approval-time", Note = "asked the change owner", Steward = "maya", AnnotateTime = At(10, 30) } },
    };

    public static Ledger Ledger()
    {
        var ledger = new Ledger { Name = $"tuples/{TupleId}/ledger", Tuple = Tuple(), Revision = 7, OnHold = true, NextTransitionTime = At(13, 0) };
        ledger.Fields.AddRange(Fields());
        return ledger;
    }

    public static ProposedWrite Write() => new()
    {
        Id = WriteId, Field = "certificate-fingerprint",
        Target = new WriteTarget { Source = "change-snapshot", Instance = "snow.example.com", RecordId = "CHG0030012", Revision = "7" },
        Patch = { Operation("test", "<fp:old0>"), Operation("replace", "<fp:new0>") },
        Inverse = { Operation("test", "<fp:new0>"), Operation("replace", "<fp:old0>") },
    };

    public static Decision Decided(string kind, string requestId, bool checkedOnly) => checkedOnly
        ? new Decision { Kind = kind }
        : new Decision
        {
            Kind = kind, Name = $"tuples/{TupleId}/decisions/{requestId}", State = "effective", Steward = "maya", PackageState = PackageState.RepairAuthorized,
            Repairs = { new Repair { WriteId = WriteId, State = "pending", Field = "certificate-fingerprint", Target = Write().Target } },
        };

    public static void Answer(Answers answers) => answers
        .On<ListLedgersRequest>(r => new ListLedgersResponse
        {
            Ledgers = { new Ledger { Tuple = Tuple() }, new Ledger { Tuple = Tuple(OtherTupleId, "rel-2026.03.29.1") } },
        })
        .On<ListCorrectionPackagesRequest>(r => r.PageToken.Length == 0
            ? new ListCorrectionPackagesResponse { Packages = { Listed(Package()) }, NextPageToken = "more" }
            : new ListCorrectionPackagesResponse { Packages = { Listed(Earlier()) } })
        .On<GetCorrectionPackageRequest>(_ => Package())
        .On<GetLedgerRequest>(_ => Ledger())
        .On<AcknowledgePackageRequest>(r => Decided("acknowledge", r.RequestId, r.ValidateOnly))
        .On<AuthorizeRepairRequest>(r => Decided("authorize-repair", r.RequestId, r.ValidateOnly))
        .On<ReturnPackageRequest>(r => Decided("return", r.RequestId, r.ValidateOnly))
        .On<PinFieldRequest>(r => Decided("pin", r.RequestId, r.ValidateOnly))
        .On<UnpinFieldRequest>(r => Decided("unpin", r.RequestId, r.ValidateOnly))
        .On<AnnotateFieldRequest>(r => Decided("annotate", r.RequestId, r.ValidateOnly))
        .On<GetRollbackRequest>(r => new Rollback { Package = r.Name, Writes = { Back() } });

    /// <summary>The write with its two patches exchanged.</summary>
    public static ProposedWrite Back()
    {
        ProposedWrite write = Write();
        return new ProposedWrite { Id = write.Id, Field = write.Field, Target = write.Target, Patch = { write.Inverse }, Inverse = { write.Patch } };
    }

    public static Candidate Said(string source, string value, string outcome, string why = "") => new()
    {
        Value = Value(value), Outcome = outcome, Why = why, About = "sha256:8f4…71e",
        Lineage = new Lineage
        {
            Source = source, Instance = "one.example.com", RecordId = "<record:1>", Revision = "7", SourceTime = At(8, 0), ExtractTime = At(8, 1),
            NotificationSha256 = new string('c', 64), Pointer = "/events/0/target/digest",
        },
    };

    public static Timestamp At(int hour, int minute) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 3, 22, hour, minute, 0, TimeSpan.Zero));

    public static FieldValue Value(params string[] values) => new() { Values = { values } };

    public static CorrectionPackage Earlier()
    {
        CorrectionPackage earlier = Package();
        (earlier.Name, earlier.PackageId, earlier.Revision, earlier.State, earlier.Etag) =
            ($"tuples/{TupleId}/packages/{EarlierId}", EarlierId, 1, PackageState.Superseded, "etag-1");
        (earlier.Supersedes, earlier.SupersededBy) = ("", PackageId);
        return earlier;
    }

    private static CorrectionPackage Listed(CorrectionPackage package)
    {
        (package.Ledger, package.MaskedJson) = (null, "");
        package.Exceptions.Clear();
        package.ProposedWrites.Clear();
        package.Alternatives.Clear();
        package.Notes.Clear();
        return package;
    }

    private static List<LedgerField> Fields() =>
    [
        Field("repository", "agreed", Value("<repo:0a1b2c3d4e5f>"), Said("artifact-registry", "<repo:0a1b2c3d4e5f>", "authoritative"), Said("runtime-validation", "<repo:0a1b2c3d4e5f>", "agrees")),
        Field("manifest-digest", "agreed", Value("sha256:8f4…71e"), Said("artifact-registry", "sha256:8f4…71e", "authoritative"),
            Said("signature-ledger", "sha256:8f4…71e", "agrees"), Said("change-snapshot", "sha256:8f4…71e", "agrees"), Said("runtime-validation", "sha256:c0d…e55", "equivalent")),
        With(Field("certificate-fingerprint", "precedence", Value("<fp:new0>"), Said("signature-ledger", "<fp:new0>", "authoritative"),
            Said("change-snapshot", "<fp:old0>", "lost", "the ledger is the authority")), "ledger-lineage-over-snapshot"),
        Held("approved-tuple", "snapshot-binding-mismatch", "", "later-approval", Said("change-snapshot", "sha256:8f4…71e", "contested")),
        Held("approval-time", "snapshot-binding-mismatch", "approved-tuple/snapshot-binding-mismatch", "root-released", Said("change-snapshot", "2026-03-22T07:00:00Z", "contested")),
        Held("observed-envelope-id", "runtime-unlinked", "", "approved-entry-has", Said("runtime-validation", "<envelope:77aa>", "contested"), Said("signature-ledger", "<envelope:01c4>", "contested")),
        Field("release-window", "missing", null),
    ];

    private static LedgerField Field(string name, string state, FieldValue? stands, params Candidate[] said) =>
        new() { Field = name, State = state, Authoritative = stands, Candidates = { said } };

    private static LedgerField With(LedgerField field, string rule)
    {
        field.Rule = rule;
        return field;
    }

    private static LedgerField Held(string name, string reason, string root, string predicate, params Candidate[] said)
    {
        LedgerField field = Field(name, "held", null, said);
        field.Hold = new Hold
        {
            Id = $"{name}/{reason}", Field = name, Reason = reason, Root = root, Tuple = Tuple(), OpenTime = At(9, 0),
            ReleaseWhen = { new ReleaseCondition { Source = "change-snapshot", Field = name, Predicate = predicate } },
        };
        return field;
    }

    private static PatchOperation Operation(string op, string value) => new() { Op = op, Path = "/u_certificate_fingerprint", Value = value };
}
