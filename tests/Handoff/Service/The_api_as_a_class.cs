using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>The API without a host: every part made by hand, as its constructor asks for it.</summary>
public sealed class The_api_as_a_class : IAsyncLifetime, System.Diagnostics.Metrics.IMeterFactory
{
    private readonly string _folder = Directory.CreateTempSubdirectory("handoff-").FullName;
    private readonly Masker _masker = new(HandoffHost.Key);
    private HandoffStore _store = null!;
    private HandoffFeed _feed = null!;
    private HandoffApi _api = null!;
    private MaskedDocuments _documents = null!;
    private StandingAnswers _answers = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new HandoffOptions { Store = new StoreOptions { DataFolder = _folder, FileName = "handoff.db" }, TokenKey = HandoffHost.Key, Access = new AccessOptions { SigningKey = HandoffHost.SigningKey } };
        _store = new HandoffStore(
            Stores.Open(options.Store, HandoffStore.Migrations), _masker, TimeProvider.System);
        await _store.OpenAsync(CancellationToken.None);
        _documents = new MaskedDocuments(_masker);
        _answers = new StandingAnswers(_store);
        _feed = new HandoffFeed(_store, _masker, this);
        var tail = new PackageTail(_store, _documents, options, NullLogger<PackageTail>.Instance);
        _api = new HandoffApi(_store, _documents, _answers, tail, new AuditLog(TimeProvider.System), options, TimeProvider.System);
    }

    [Fact]
    public async Task It_gives_the_same_answer_until_a_package_changes()
    {
        var random = new RandomDocument(1);
        await _feed.Apply(HandoffHost.Prepared(random, 1));
        var call = new Call();
        string tuple = "tuples/" + _masker.TupleId(random.Tuple);
        var get = new GetCorrectionPackageRequest { Name = $"{tuple}/packages/{HandoffHost.Prepared(random, 1).PackageId}" };
        var list = new ListCorrectionPackagesRequest { Parent = tuple };
        CorrectionPackage package = await _api.GetCorrectionPackage(get, call);
        ListCorrectionPackagesResponse page = await _api.ListCorrectionPackages(list, call);
        Assert.Same(package, await _api.GetCorrectionPackage(get, call));
        Assert.Same(page, await _api.ListCorrectionPackages(list, call));
        Assert.NotSame(page, await _api.ListCorrectionPackages(new ListCorrectionPackagesRequest(list) { PageSize = 1 }, call));

        await _feed.Apply(HandoffHost.Prepared(random, 2));
        Assert.Equal(PackageState.Superseded, (await _api.GetCorrectionPackage(get, call)).State);
        Assert.Equal(2, (await _api.ListCorrectionPackages(list, call)).Packages.Count);
    }

    [Fact]
    public async Task It_serves_what_it_was_fed()
    {
        var random = new RandomDocument(1);
        LedgerChanged changed = HandoffHost.Changed(random, 7);
        await _feed.Apply(changed);
        await _feed.Apply(HandoffHost.Prepared(random, 1));
        var call = new Call();
        string tuple = "tuples/" + _masker.TupleId(random.Tuple);
        Ledger ledger = await _api.GetLedger(new GetLedgerRequest { Name = tuple + "/ledger" }, call);
        Assert.Equal(7, ledger.Revision);
        Assert.Equal(changed.LedgerSha256, ledger.Sha256);
        Assert.Equal(_masker.Mask(Encoding.UTF8.GetString(changed.CanonicalLedger)), ledger.MaskedJson);
        CorrectionPackage package = await _api.GetCorrectionPackage(new GetCorrectionPackageRequest { Name = tuple + "/packages/latest" }, call);
        Assert.Equal(_masker.Mask(Encoding.UTF8.GetString(HandoffHost.Prepared(random, 1).CanonicalPackage)), package.MaskedJson);
        Assert.True(package.HandoffTime.ToDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(-5));
    }

    [Fact]
    public async Task It_refuses_before_it_reads()
    {
        await _store.DisposeAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _api.GetLedger(new GetLedgerRequest { Name = "?" }, new Call()));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _answers.Dispose();
        _documents.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
