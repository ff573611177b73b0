using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.EndToEnd.Running;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>Keys and tokens of the process: files that its owner alone may read, and <c>token</c> as a process beside it.</summary>
public sealed class When_the_process_keeps_its_secrets : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch = new();
    private Served _served = null!;

    public async ValueTask InitializeAsync() => _served = await Served.StartAsync(_scratch["data"]);

    public ValueTask DisposeAsync()
    {
        _served?.Dispose();
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Its_files_are_for_their_owner_alone_and_the_doctor_looks()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string file in new[] { "signing.key", "handoff.token", "export.key", "token.key" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_scratch["data"], file)));
        }

        Outcome well = await Program.AllInOne.RunAsync(Limit, "doctor", "--data", _scratch["data"]);
        Assert.True(well.Code == 0, well.Output);
        File.SetUnixFileMode(Path.Combine(_scratch["data"], "export.key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Outcome open = await Program.AllInOne.RunAsync(Limit, "doctor", "--data", _scratch["data"]);
        Assert.Equal(3, open.Code);
        Assert.Contains("chmod 600", open.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_minted_beside_it_lets_in_with_what_it_names()
    {
        Assert.Equal((StatusCode.OK, StatusCode.PermissionDenied), await CallsAsync(await TokenAsync("--role", "viewer", "--subject", "jon")));
        Assert.Equal((StatusCode.PermissionDenied, StatusCode.OK), await CallsAsync(await TokenAsync("--role", "admin", "--subject", "jon"), adminOnly: true));
        Assert.Equal((StatusCode.OK, StatusCode.PermissionDenied), await CallsAsync(await TokenAsync("--role", "admin", "--subject", "jon", "--repositories", "registry.example.com/team/*")));

        Outcome elsewhere = await Program.AllInOne.RunAsync(Limit, "token", "--data", _scratch["other"], "--role", "admin", "--subject", "jon");
        Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), await CallsAsync(elsewhere.Output.Trim()));
    }

    [Theory]
    [InlineData("--hours", "--role", "viewer", "--subject", "jon", "--hours", "0")]
    [InlineData("--subject", "--role", "viewer")]
    [InlineData("viewer", "--role", "root", "--subject", "jon")]
    public async Task A_token_that_can_not_be_minted_is_refused_with_what_is_wrong(string named, params string[] arguments)
    {
        Outcome refused = await Program.AllInOne.RunAsync(Limit, ["token", "--data", _scratch["data"], .. arguments]);
        Assert.Equal((2, ""), (refused.Code, refused.Output.Trim().Split('\n')[0].StartsWith("ey", StringComparison.Ordinal) ? "a token" : ""));
        Assert.Contains(named, refused.Error + refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_handoff_count_here_too()
    {
        ProcessStartInfo start = Program.AllInOne.Start("serve", "--data", _scratch["third"], "--urls", "http://127.0.0.1:0", "--grpc-port", "0");
        start.Environment["Handoff__TwoPersonFields__0"] = "digests";
        Outcome refused = await Outcome.OfAsync(start, Limit);
        Assert.Equal(2, refused.Code);
        Assert.Contains("TwoPersonFields", refused.Error, StringComparison.Ordinal);
    }

    private async Task<string> TokenAsync(params string[] arguments)
    {
        Outcome minted = await Program.AllInOne.RunAsync(Limit, ["token", "--data", _scratch["data"], .. arguments]);
        Assert.True(minted.Code == 0, minted.Error);
        return minted.Output.Trim();
    }

    /// <summary>What a viewer may do (or a decision, which an admin may not), and what an admin of everything may.</summary>
    private async Task<(StatusCode List, StatusCode Audit)> CallsAsync(string token, bool adminOnly = false)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(_served.Grpc);
        Metadata headers = [new Metadata.Entry("authorization", $"Bearer {token}")];
        return (
            await CodeAsync(() => adminOnly
                ? new DecisionService.DecisionServiceClient(channel).AcknowledgePackageAsync(new AcknowledgePackageRequest(), headers).ResponseAsync
                : new HandoffService.HandoffServiceClient(channel).ListLedgersAsync(new ListLedgersRequest(), headers).ResponseAsync),
            await CodeAsync(() => new AuditService.AuditServiceClient(channel).ListAuditEventsAsync(new ListAuditEventsRequest(), headers).ResponseAsync));

        static async Task<StatusCode> CodeAsync(Func<Task> call)
        {
            try
            {
                await call();
                return StatusCode.OK;
            }
            catch (RpcException refused)
            {
                return refused.StatusCode;
            }
        }
    }
}
