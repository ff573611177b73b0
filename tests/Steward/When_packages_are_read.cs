using Google.Protobuf;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

public sealed class When_packages_are_read
{
    [Fact]
    public async Task A_list_follows_its_pages_and_passes_every_filter_on()
    {
        await using Cli cli = await Cli.StartAsync();

        Ended list = await cli.RunAsync(
            "packages", "list", "--tuple", Made.TupleId, "--train", "rel-2026.03.22.4", "--repository", "0a1b2c3d4e5f", "--state", "repair-authorized",
            "--reason", "runtime-unlinked", "--from", "2026-03-01T00:00:00Z", "--before", "2026-04-01T00:00:00Z", "--oldest-first", "--limit", "150");

        Golden.Check("packages-list", list.Done());
        IReadOnlyList<ListCorrectionPackagesRequest> asked = cli.Answers.Asked<ListCorrectionPackagesRequest>();
        Assert.Equal(["", "more"], asked.Select(r => r.PageToken));
        Assert.Equal([150, 149], asked.Select(r => r.PageSize));
        Assert.All(asked, r => Assert.Equal(
            ($"tuples/{Made.TupleId}", "rel-2026.03.22.4", "0a1b2c3d4e5f", PackageState.RepairAuthorized, "runtime-unlinked", "asc"),
            (r.Parent, r.ReleaseTrain, r.RepositoryToken, r.State, r.HoldReason, r.OrderBy)));
        Assert.All(asked, r => Assert.Equal((3, 4), (r.PreparedFrom.ToDateTime().Month, r.PreparedBefore.ToDateTime().Month)));
    }

    [Fact]
    public async Task A_package_shows_first_what_is_held_then_what_is_proposed_and_folds_what_agrees()
    {
        await using Cli cli = await Cli.StartAsync();
        Golden.Check("packages-show", (await cli.RunAsync("packages", "show", Made.TupleId)).Done());
        Assert.Equal($"tuples/{Made.TupleId}/packages/latest", cli.Answers.Only<GetCorrectionPackageRequest>().Name);
    }

    [Fact]
    public async Task A_package_on_a_terminal_of_100_columns_is_a_table_of_100_columns()
    {
        await using Cli cli = await Cli.StartAsync();
        string shown = (await cli.TypeAsync("", 100, "packages", "show", Made.TupleId, "--all")).Done();
        Golden.Check("packages-show-100", shown);
        Assert.All(shown.Split('\n').Where(l => l.StartsWith('│')), l => Assert.True(l.Length <= 100));
        Assert.DoesNotContain('\e', shown);
    }

    [Fact]
    public async Task Json_is_what_the_server_answered()
    {
        await using Cli cli = await Cli.StartAsync();
        Assert.Equal(Made.Package(), JsonParser.Default.Parse<CorrectionPackage>((await cli.RunAsync("packages", "show", Made.TupleId, "--json")).Done()));
        ListCorrectionPackagesResponse list = JsonParser.Default.Parse<ListCorrectionPackagesResponse>((await cli.RunAsync("packages", "list", "--json")).Done());
        Assert.Equal([2, 1], list.Packages.Select(p => p.Revision));
    }

    [Fact]
    public async Task A_difference_is_a_row_from_before_to_after()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<DiffCorrectionPackagesRequest>(r => new PackageDiff
        {
            Base = $"tuples/{Made.TupleId}/packages/{Made.EarlierId}@1", Name = Made.Name + "@2",
            Changes =
            {
                new PackageDifference { Field = "certificate-fingerprint", Aspect = "write", After = "<fp:old0> → <fp:new0>" },
                new PackageDifference { Field = "manifest-digest", Aspect = "state", Before = "held", After = "agreed" },
            },
        });

        Golden.Check("packages-diff", (await cli.RunAsync("packages", "diff", Made.Name, "--base", "1")).Done());
        Assert.Equal((Made.Name, 1), (cli.Answers.Only<DiffCorrectionPackagesRequest>().Name, cli.Answers.Only<DiffCorrectionPackagesRequest>().BaseRevision));
    }

    [Fact]
    public async Task A_watch_goes_on_where_the_stream_broke()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<WatchCorrectionPackagesRequest>(r => r.ResumeToken switch
        {
            "" => new[] { Event("t1", Made.Earlier()), Event("t2", null) },
            "t2" => new[] { Event("t3", Made.Package()) },
            _ => new RpcException(new Status(StatusCode.InvalidArgument, "no such token")),
        });

        Ended watch = await cli.RunAsync("packages", "watch", "--count", "2");

        Golden.Check("packages-watch", watch.Done());
        Assert.Equal(["", "t2"], cli.Answers.Asked<WatchCorrectionPackagesRequest>().Select(r => r.ResumeToken));
        Assert.EndsWith("go on with: steward packages watch --resume t3\n", watch.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_where_going_on_is_of_no_use()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<WatchCorrectionPackagesRequest>(_ => new RpcException(new Status(StatusCode.PermissionDenied, "not for you")));
        Assert.Equal(4, (await cli.RunAsync("packages", "watch")).Code);
    }

    [Fact]
    public async Task What_a_server_sends_cannot_steer_the_terminal()
    {
        await using Cli cli = await Cli.StartAsync();
        cli.Answers.On<GetCorrectionPackageRequest>(_ =>
        {
            CorrectionPackage package = Made.Package();
            package.Notes[0].Note = "fine\e[2J\e]0;title\a";
            return package;
        });
        Assert.Contains("fine?[2J?]0;title?", (await cli.RunAsync("packages", "show", Made.TupleId)).Done(), StringComparison.Ordinal);
    }

    private static WatchCorrectionPackagesResponse Event(string token, CorrectionPackage? package) => package is null
        ? new WatchCorrectionPackagesResponse { ResumeToken = token, Heartbeat = new Heartbeat() }
        : new WatchCorrectionPackagesResponse { ResumeToken = token, Package = package };
}
