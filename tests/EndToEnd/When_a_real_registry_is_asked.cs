using System.Net;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.EndToEnd.Registry;
using ReleaseIntegrity.Tests.EndToEnd.Running;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>
/// A registry as it is packaged whose notifications all get lost: what it says is read over its own API, at the start and
/// when somebody asks.
/// </summary>
public sealed class When_a_real_registry_is_asked : IDisposable
{
    private const string Repository = "team/checkout";
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/lost");

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task What_its_pushes_lost_is_found_a_move_a_way_back_and_a_deletion()
    {
        RunningRegistry.Require();
        using RunningRegistry registry = await RunningRegistry.StartAsync(_scratch, Nowhere, "lost");
        OciImage a = OciImage.Single("release 1"), index = OciImage.Index("release 2", "amd64", "arm64");
        await registry.PushAsync(a, Repository, "rel-1");
        await registry.PushAsync(index, Repository, "rel-2");
        _scratch.Write("data/settings.json", $$"""
            { "Collectors": { "artifact-registry": { "Resync": { "main": {
              "Api": "oci-distribution", "Address": "http://{{registry.Host}}", "PageSize": 1, "PauseSeconds": 0, "EverySeconds": 3600 } } } } }
            """);
        using Served served = await Served.StartAsync(_scratch["data"]);
        using HttpClient http = served.Client();
        using GrpcChannel channel = served.Channel();
        var handoff = new HandoffService.HandoffServiceClient(channel);

        await NamesAsync(handoff, served, "rel-1", a.Digest);
        await NamesAsync(handoff, served, "rel-2", index.Digest);

        // Nothing new changes nothing.
        await AskAsync(http, served);
        Assert.Equal(2, await NotificationsAsync(http));
        await AskAsync(http, served);
        Assert.Equal(2, await NotificationsAsync(http));

        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await registry.PushAsync(a, Repository, "rel-2");
        await AskAsync(http, served);
        await NamesAsync(handoff, served, "rel-2", a.Digest);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await registry.PushAsync(index, Repository, "rel-2");
        await AskAsync(http, served);
        await NamesAsync(handoff, served, "rel-2", index.Digest);

        await registry.DeleteAsync(Repository, a.Digest);
        await AskAsync(http, served);
        Ledger gone = await LedgerAsync(handoff, served, "rel-1", l => Field(l).State != "agreed");
        Assert.All(Field(gone).Candidates, c => Assert.Equal("withdrawn", c.Outcome));
    }

    private static async Task<int> NotificationsAsync(HttpClient http) =>
        (int)JsonNode.Parse(await http.GetStringAsync(new Uri("artifact-registry/counts", UriKind.Relative)))!["notifications"]!;

    private static LedgerField Field(Ledger ledger) => ledger.Fields.Single(f => f.Field == "tag-to-digest");

    private static Task<Ledger> NamesAsync(HandoffService.HandoffServiceClient handoff, Served served, string tag, string digest)
    {
        string hex = digest["sha256:".Length..];
        string shown = $"sha256:{hex[..3]}…{hex[^3..]}#";
        return LedgerAsync(
            handoff, served, tag, l => Field(l).Authoritative?.Values is [var value] && value.StartsWith(shown, StringComparison.Ordinal));
    }

    private static async Task<Ledger> LedgerAsync(HandoffService.HandoffServiceClient handoff, Served served, string tag, Func<Ledger, bool> wanted)
    {
        Ledger? found = await Eventually.IsAsync(
            $"the ledger of {tag}",
            async () => (await handoff.ListLedgersAsync(new ListLedgersRequest { PageSize = 100 })).Ledgers.SingleOrDefault(l => l.Tuple.Tag == tag) is { } listed
                ? await handoff.GetLedgerAsync(new GetLedgerRequest { Name = listed.Name })
                : null,
            l => l is not null && wanted(l),
            () => served.Log);
        return found!;
    }

    private static async Task AskAsync(HttpClient http, Served served)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using HttpResponseMessage asked = await http.PostAsync(new Uri("artifact-registry/resync", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        await Eventually.IsTrueAsync(
            "the registry answered",
            async () => JsonNode.Parse(await http.GetStringAsync(new Uri("artifact-registry/watermarks", UriKind.Relative)))!["watermarks"]![0] is { } mark
                && (string)mark["state"]! == "current" && mark["lastSuccessAt"]!.GetValue<DateTimeOffset>() >= before,
            () => served.Log);
    }
}
