using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public class When_a_package_is_read
{
    private readonly RandomDocument _random = new(11);

    private string Tuple => "tuples/" + new Masker(HandoffHost.Key).TupleId(_random.Tuple);

    [Fact]
    public async Task Its_difference_is_to_the_one_before_or_to_the_one_that_is_named()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        CorrectionPackagePrepared[] chain = [.. Enumerable.Range(1, 3).Select(r => HandoffHost.Prepared(_random, r))];
        foreach (CorrectionPackagePrepared package in chain)
        {
            await host.Feed.Apply(package);
        }

        PackageDiff last = await Diff("latest", 0);
        Assert.Equal($"{Tuple}/packages/{chain[2].PackageId}@3", last.Name);
        Assert.Equal($"{Tuple}/packages/{chain[1].PackageId}@2", last.Base);
        PackageDifference expiry = Assert.Single(last.Changes);
        Assert.Equal(("", "expiry", "2026-04-22T10:02:00Z", "2026-04-22T10:03:00Z"), (expiry.Field, expiry.Aspect, expiry.Before, expiry.After));
        Assert.Equal("2026-04-22T10:01:00Z", Assert.Single((await Diff("latest", 1)).Changes).Before);
        PackageDiff first = await Diff(chain[0].PackageId, 0);
        Assert.Equal("", first.Base);
        Assert.All(first.Changes, c => Assert.Equal("", c.Before));
        string text = first.ToString();
        Assert.DoesNotContain(_random.Secrets, s => Leaks.Shows(text, s));

        foreach (long number in new[] { -1L, 3, 9 })
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => Diff("latest", number));
            Assert.Equal("base_revision", Assert.Single(e.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations).Field);
        }

        Task<PackageDiff> Diff(string id, long number) => host.Client.DiffCorrectionPackagesAsync(
            new DiffCorrectionPackagesRequest { Name = $"{Tuple}/packages/{id}", BaseRevision = number }).ResponseAsync;
    }

    [Fact]
    public async Task Its_targets_and_its_etag_are_those_of_its_content()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        CorrectionPackagePrepared prepared = HandoffHost.Prepared(_random, 1);
        await host.Feed.Apply(prepared);
        CorrectionPackage package = await host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = $"{Tuple}/packages/latest" });
        Assert.Equal(prepared.PackageId, package.Etag);
        Assert.Equal(
            prepared.PackageId,
            Assert.Single((await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = Tuple })).Packages).Etag);
        ListWriteTargetsResponse targets = await host.Client.ListWriteTargetsAsync(new ListWriteTargetsRequest { Parent = package.Name });
        Assert.Equal(package.WriteTargets, targets.WriteTargets);
        Assert.Equal("certificate-fingerprint", Assert.Single(targets.WriteTargets).Field);
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => host.Client.ListWriteTargetsAsync(new ListWriteTargetsRequest { Parent = Tuple }).ResponseAsync);
        Assert.Equal("parent", Assert.Single(e.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations).Field);
    }

    /// <summary>Over gRPC a package is masked and serialised once; its own members are what changes, and the JSON form shows them all.</summary>
    [Fact]
    public async Task Its_content_goes_over_gRPC_as_it_was_serialised_the_first_time()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        CorrectionPackagePrepared prepared = HandoffHost.Prepared(_random, 1);
        await host.Feed.Apply(prepared);
        MaskedDocuments documents = host.Services.GetRequiredService<MaskedDocuments>();
        string json = await host.Http.GetStringAsync($"/v1/{Tuple}/packages/latest");
        Assert.Null(documents.Serialised(prepared.PackageId));

        var request = new GetCorrectionPackageRequest { Name = $"{Tuple}/packages/latest" };
        CorrectionPackage first = await host.Client.GetCorrectionPackageAsync(request);
        SerialisedPackage kept = Assert.IsType<SerialisedPackage>(documents.Serialised(prepared.PackageId));
        CorrectionPackage second = await host.Client.GetCorrectionPackageAsync(request);

        Assert.Same(kept, documents.Serialised(prepared.PackageId));
        Assert.Equal(first, second);
        Assert.Equal(first, JsonParser.Default.Parse<CorrectionPackage>(json));
    }

    /// <summary>What one process answered is an old answer once another one has written to the store that they share.</summary>
    [Fact]
    public async Task What_another_process_changed_is_read_anew()
    {
        await using var place = new SharedSqliteFiles();
        await using HandoffHost mine = await HandoffHost.StartAsync(place: place);
        await using HandoffHost theirs = await HandoffHost.StartAsync(place: place);
        await mine.Feed.Apply(HandoffHost.Prepared(_random, 1));
        var get = new GetCorrectionPackageRequest { Name = $"{Tuple}/packages/latest" };
        var list = new ListCorrectionPackagesRequest { Parent = Tuple };
        Assert.Equal(1, (await mine.Client.GetCorrectionPackageAsync(get)).Revision);
        Assert.Single((await mine.Client.ListCorrectionPackagesAsync(list)).Packages);
        await theirs.Feed.Apply(HandoffHost.Prepared(_random, 2));
        Assert.Equal(2, (await mine.Client.GetCorrectionPackageAsync(get)).Revision);
        Assert.Equal(2, (await mine.Client.ListCorrectionPackagesAsync(list)).Packages.Count);
    }
}
