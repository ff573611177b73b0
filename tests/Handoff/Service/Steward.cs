using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Core;
using ReleaseIntegrity.Tests.Servers;
using CorrectionPackage = ReleaseIntegrity.Handoff.V1.CorrectionPackage;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>A steward at the API as a class, at 14:30 on the day of the hotfix, and the reconciler that feeds it.</summary>
internal sealed class Steward : System.Diagnostics.Metrics.IMeterFactory, IAsyncDisposable
{
    private readonly MaskedDocuments _documents;
    private readonly StandingAnswers _answers;
    private readonly HandoffApi _reads;

    private Steward(HandoffStore store, HandoffOptions options, FakeTimeProvider clock)
    {
        Store = store;
        Clock = clock;
        Masker = new Masker(options.TokenKey);
        _documents = new MaskedDocuments(Masker);
        _answers = new StandingAnswers(store);
        Feed = new HandoffFeed(store, Masker, this);
        _reads = new HandoffApi(
            store, _documents, _answers, new PackageTail(store, _documents, options, NullLogger<PackageTail>.Instance), new AuditLog(clock), options, clock);
        Decisions = new DecisionApi(store, new Decider(store, _documents, new AuditLog(clock), options, clock), _documents, options, clock);
    }

    public HandoffStore Store { get; }

    public FakeTimeProvider Clock { get; }

    public Masker Masker { get; }

    public HandoffFeed Feed { get; }

    public DecisionApi Decisions { get; }

    public Call Call => new(Name);

    /// <summary>Who calls.</summary>
    public string Name { get; set; } = "maya";

    public string Tuple => "tuples/" + Masker.TupleId(World.Release);

    public static Task<Steward> AtAsync(StorePlace place, params string[] twoPersonFields) => AtAsync(place, World.At("14:30"), twoPersonFields);

    public static async Task<Steward> AtAsync(StorePlace place, DateTimeOffset now, params string[] twoPersonFields)
    {
        var clock = new FakeTimeProvider(now);
        var options = new HandoffOptions
        {
            Store = await place.OptionsAsync(HandoffHosting.Key, HandoffHosting.Migrations), TokenKey = HandoffHost.Key, TwoPersonFields = twoPersonFields,
            Access = new AccessOptions { SigningKey = HandoffHost.SigningKey },
        };
        var store = new HandoffStore(Stores.Open(options.Store, HandoffStore.Migrations), new Masker(options.TokenKey), clock);
        await store.OpenAsync(CancellationToken.None);
        return new Steward(store, options, clock);
    }

    /// <summary>Feeds what the engine decides: a ledger and its package, under one number.</summary>
    public async Task<CorrectionPackage> HandAsync(long revision, Reconciliation result)
    {
        await Feed.Apply(LedgerOf(revision, result));
        JsonObject package = PackageDocument.Of(result.Package!);
        await Feed.Apply(new CorrectionPackagePrepared
        {
            Tuple = World.Release, PackageId = (string)package["id"]!, Revision = revision, CanonicalPackage = CanonicalJson.Bytes(package), PreparedAt = World.Ten,
        });
        return await PackageAsync($"{(string)package["id"]!}@{revision}");
    }

    public static LedgerChanged LedgerOf(long revision, Reconciliation result)
    {
        string ledger = CanonicalJson.Text(LedgerDocument.Of(result.Ledger));
        return new LedgerChanged
        {
            Tuple = World.Release, Revision = revision, CanonicalLedger = Encoding.UTF8.GetBytes(ledger), HoldsOpened = [], HoldsReleased = [],
            LedgerSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ledger))), RecordedAt = World.Ten,
        };
    }

    public Task<CorrectionPackage> PackageAsync(string id) => PackageAsync(id, World.Release);

    public Task<CorrectionPackage> PackageAsync(string id, ImageReference tuple) =>
        _reads.GetCorrectionPackage(new GetCorrectionPackageRequest { Name = $"tuples/{Masker.TupleId(tuple)}/packages/{id}" }, Call);

    public Task<Evaluation> EvaluateAsync(string train = "") => _reads.GetEvaluation(new GetEvaluationRequest { ReleaseTrain = train }, Call);

    public async Task<IReadOnlyList<CorrectionPackage>> PackagesAsync(string parent) =>
        (await _reads.ListCorrectionPackages(new ListCorrectionPackagesRequest { Parent = parent }, Call)).Packages;

    public async Task<IReadOnlyList<Decision>> ListAsync(string kind = "") =>
        (await Decisions.ListDecisions(new ListDecisionsRequest { Parent = Tuple, Kind = kind }, Call)).Decisions;

    public Task<Decision> AcknowledgeAsync(CorrectionPackage package, string? id = null, string? note = null, bool only = false) => Decisions.AcknowledgePackage(
        new AcknowledgePackageRequest { Name = package.Name, Etag = package.Etag, RequestId = id ?? NewId(), Note = note ?? "", ValidateOnly = only }, Call);

    public Task<Decision> AuthorizeAsync(CorrectionPackage package, string? id = null, bool only = false, params string[] writes)
    {
        var request = new AuthorizeRepairRequest { Name = package.Name, Etag = package.Etag, RequestId = id ?? NewId(), ValidateOnly = only };
        request.WriteIds.Add(writes);
        return Decisions.AuthorizeRepair(request, Call);
    }

    public Task<Decision> AnnotateAsync(CorrectionPackage package, string field, string note) => Decisions.AnnotateField(
        new AnnotateFieldRequest { Name = package.Name, Etag = package.Etag, RequestId = NewId(), Field = field, Note = note }, Call);

    public Task<Decision> PinAsync(CorrectionPackage package, string field, int candidate) => Decisions.PinField(
        new PinFieldRequest
        {
            Name = package.Name, Etag = package.Etag, RequestId = NewId(), Field = field, Candidate = candidate, Reason = "seen at the console",
            ExpireTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Clock.GetUtcNow().AddHours(8)),
        },
        Call);

    public Task<Decision> UnpinAsync(string field) => Decisions.UnpinField(
        new UnpinFieldRequest { Name = Tuple + "/ledger", RequestId = NewId(), Field = field, Reason = "it was the wrong one" }, Call);

    public Task<Decision> ReturnAsync(CorrectionPackage package, string reason = "not in this window") => Decisions.ReturnPackage(
        new ReturnPackageRequest { Name = package.Name, Etag = package.Etag, RequestId = NewId(), Reason = reason }, Call);

    public Task<RebuildResponse> RebuildAsync(string id) => _reads.Rebuild(new RebuildRequest { RequestId = id }, Call);

    /// <summary>What the reconciler is told, in order.</summary>
    public async Task<IReadOnlyList<object>> ToldAsync() =>
        [.. (await Store.ReadAsync(s => s.QueryAsync<Row>("select type, payload from outbox order by position"), CancellationToken.None))
            .Select(r => MessageTypes.Deserialise(r.Type, r.Payload))];

    /// <summary>What the audit log has, newest first.</summary>
    public Task<IReadOnlyList<AuditRow>> AuditedAsync() =>
        Store.ReadAsync(s => AuditLog.ListAsync(s, new AuditFilter(), long.MaxValue, 100), CancellationToken.None);

    public static string NewId() => Guid.NewGuid().ToString("D");

    public static async Task<StatusCode> RefusedAsync(Task call) => (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;

    public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync()
    {
        _answers.Dispose();
        _documents.Dispose();
        return Store.DisposeAsync();
    }

    private sealed record Row
    {
        public string Type { get; init; } = "";
        public byte[] Payload { get; init; } = [];
    }
}
