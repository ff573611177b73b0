using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Dapper;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Hosting;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>All services in one process, as senders and stewards meet them.</summary>
public sealed class When_everything_is_served : IDisposable
{
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Four_notifications_become_a_package_over_grpc_and_a_restart_keeps_it()
    {
        CorrectionPackage before;
        await using (ServiceHost host = await StartAsync())
        {
            await SendStoryAsync(host);
            before = await PackageAsync(host);
            Assert.Equal(14, before.ExceptionCount);
            Assert.Empty(before.ProposedWrites);
            Assert.All(Story.Secrets, secret => Assert.DoesNotContain(secret, before.ToString(), StringComparison.OrdinalIgnoreCase));
        }

        await using ServiceHost again = await StartAsync();
        CorrectionPackage after = await PackageAsync(again);
        Assert.Equal(before.MaskedJson, after.MaskedJson);
        Assert.Equal(before.Name, after.Name);
    }

    [Fact]
    public async Task The_offline_ledger_is_the_served_one()
    {
        await using ServiceHost host = await StartAsync();
        await SendStoryAsync(host);
        CorrectionPackage package = await PackageAsync(host);

        Run offline = Run.Reconcile(
            _scratch["out"], Story.Folder(_scratch), "--as-of", "2026-03-23T00:00:00Z", "--mask-key", _scratch["data", "token.key"]);

        Assert.Contains($"packages/{package.Tuple.Id}.json", offline.Documents.Keys);
        Assert.Equal(
            package.Exceptions.Select(e => (e.Field, e.Reason, e.Root)),
            offline.Package["exceptions"]!.AsArray().Select(e => (
                e!["field"]!.GetValue<string>(), e["hold"]!["reason"]!.GetValue<string>(), e["hold"]!["root"]?.GetValue<string>() ?? "")));
    }

    [Fact]
    public async Task Bytes_that_no_ledger_refers_to_are_let_go_under_a_policy_and_the_others_are_kept()
    {
        Directory.CreateDirectory(_scratch["data"]);
        await File.WriteAllTextAsync(
            _scratch["data", "settings.json"],
            """{"Collectors":{"artifact-registry":{"MaxBodyBytes":65536,"MaxBytesInFlight":65536,"Retention":{"MaxBytes":65536,"EverySeconds":1}}}}""",
            Cancelled);
        await using ServiceHost host = await StartAsync();
        using HttpClient http = Client(host);
        foreach (string body in (string[])[Story.Promotion(Story.A, "2026-03-22T08:00:00Z"), Story.Promotion(Story.B, "2026-03-22T09:00:00Z")])
        {
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, "artifact-registry/notifications/distribution", body + new string(' ', 60_000))).Status);
        }

        async Task<bool> IsReleasedAsync(int id) => !(await http.GetStringAsync($"artifact-registry/notifications/{id}", Cancelled))
            .Contains("\"bodyReleasedAt\":null", StringComparison.Ordinal);
        for (int i = 0; !await IsReleasedAsync(1); i++)
        {
            Assert.True(i < 600, "nothing is let go");
            await Task.Delay(100, Cancelled);
        }

        Assert.False(await IsReleasedAsync(2));
    }

    [Fact]
    public async Task The_handoff_has_health_and_its_json_form()
    {
        await using ServiceHost host = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc);
        HealthCheckResponse health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: Cancelled);
        using HttpClient http = Client(host);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        using HttpResponseMessage unasked = await http.GetAsync("v1/ledgers", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, unasked.StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(host));
        Assert.Contains("ledgers", await http.GetStringAsync("v1/ledgers", Cancelled), StringComparison.Ordinal);
        Assert.Contains("\"status\":\"ready\"", await http.GetStringAsync("health/ready", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_format_without_its_source_is_answered_with_the_paths_to_take()
    {
        await using ServiceHost host = await StartAsync();
        using HttpClient http = Client(host);

        (HttpStatusCode several, string paths) = await PostAsync(http, "notifications/cloudevents", "{}");
        (HttpStatusCode unknown, string known) = await PostAsync(http, "notifications/semaphore", "{}");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (several, unknown));
        Assert.Contains("/runtime-validation/notifications/cloudevents", paths, StringComparison.Ordinal);
        Assert.Contains("/artifact-registry/notifications/harbor", known, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_loopback_it_wants_a_credential_and_says_how()
    {
        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => StartAsync("http://0.0.0.0:0"));
        Assert.Contains("Collectors__Credential__Secrets__0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("settings.json", refused.Message, StringComparison.Ordinal);

        string secret = new('s', 32);
        _scratch.Write("data/settings.json", Settings(secret));
        await using ServiceHost host = await StartAsync("http://0.0.0.0:0");
        using HttpClient http = Client(host);
        (HttpStatusCode without, _) = await PostAsync(http, "notifications/distribution", Story.Promotion(Story.A, "2026-03-22T08:00:00Z"));
        http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        (HttpStatusCode with, _) = await PostAsync(http, "notifications/distribution", Story.Promotion(Story.A, "2026-03-22T08:00:00Z"));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Accepted), (without, with));
    }

    [Fact]
    public async Task A_secret_in_a_file_of_the_data_folder_is_asked_of_senders_by_the_scheme_in_the_settings()
    {
        string secret = new('s', 32);
        _scratch.Write("data/settings.json", """{ "Collectors": { "artifact-registry": { "Credential": { "Scheme": "gitlab-token" } } } }""");
        _scratch.Write("data/secrets/Collectors__artifact-registry__Credential__Secrets__0", secret + "\n");
        await using ServiceHost host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Http[0] };

        (HttpStatusCode without, _) = await PostAsync(http, "notifications/distribution", "{}");
        http.DefaultRequestHeaders.Add("X-Gitlab-Token", secret);
        (HttpStatusCode with, _) = await PostAsync(http, "notifications/distribution", "{}");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Accepted), (without, with));
    }

    [Fact]
    public async Task Ledgers_stay_on_this_machine()
    {
        IPAddress? address = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(address is null, "this machine has no address but loopback");

        _scratch.Write("data/settings.json", Settings(new string('s', 32)));
        await using ServiceHost host = await StartAsync("http://0.0.0.0:0");
        using var fromElsewhere = new HttpClient { BaseAddress = new UriBuilder("http", address!.ToString(), host.Http[0].Port).Uri };

        using HttpResponseMessage ledgers = await fromElsewhere.GetAsync("v1/ledgers", Cancelled);
        using HttpResponseMessage quarantine = await fromElsewhere.GetAsync("quarantine", Cancelled);
        (HttpStatusCode notification, _) = await PostAsync(fromElsewhere, "notifications/distribution", "{}");

        Assert.Equal(HttpStatusCode.Forbidden, ledgers.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, quarantine.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, notification);
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(host.Grpc.Host)));
    }

    [Fact]
    public async Task What_cannot_be_used_is_refused_before_anything_listens()
    {
        string policy = _scratch.Write("policy.yaml", "schema: policy/v1\nversion: \"1\"\nskewAlowance: 5m\n");
        UsageException badPolicy = await Assert.ThrowsAsync<UsageException>(() => ServiceHost.StartAsync(Request() with { Policy = policy }, Cancelled));
        UsageException badUrl = await Assert.ThrowsAsync<UsageException>(() => StartAsync("https://127.0.0.1:1"));
        await using ServiceHost first = await StartAsync();
        UsageException inUse = await Assert.ThrowsAsync<UsageException>(() => StartAsync());

        Assert.Contains("policy.yaml:3:", badPolicy.Message, StringComparison.Ordinal);
        Assert.Contains("proxy", badUrl.Message, StringComparison.Ordinal);
        Assert.Contains("in use", inUse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_contradicts_itself_is_asked_for_the_tag()
    {
        await using SilentRegistry registry = await SilentRegistry.StartAsync(Cancelled);
        _scratch.Write("data/settings.json", $$"""
            { "Collectors": { "artifact-registry": { "Resync": { "main": {
              "Api": "oci-distribution", "Address": "{{registry.Address}}", "Instance": "{{Story.Registry}}", "EverySeconds": 86400, "PauseSeconds": 0 } } } } }
            """);
        await using ServiceHost host = await StartAsync();
        await UntilAsync(() => registry.Requests.Any(r => r.Contains("_catalog", StringComparison.Ordinal)));
        using HttpClient http = Client(host);
        foreach ((string path, string body) in new[]
        {
            ("notifications/servicenow", Story.Change()),
            ("notifications/distribution", Story.Promotion(Story.A, "2026-03-22T08:00:00Z")),
            ("notifications/distribution", Story.Promotion(Story.B, "2026-03-22T08:00:00Z", id: "e2")),
        })
        {
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, path, body)).Status);
        }

        await UntilAsync(() => registry.Requests.Any(r => r == $"/v2/{Story.Path}/manifests/{Story.Tag}"));
    }

    [Fact]
    public async Task What_was_handed_off_is_confirmed_and_never_sent_again()
    {
        await using ServiceHost host = await StartAsync();
        await SendStoryAsync(host);
        await PackageAsync(host);

        long waiting = -1;
        for (int i = 0; i < 100 && waiting != 0; i++)
        {
            await Task.Delay(100, Cancelled);
            waiting = await CountAsync("reconciler.db", "SELECT count(*) FROM outbox");
        }

        Assert.Equal(0, waiting);
        Assert.True(await CountAsync("handoff.db", "SELECT count(*) FROM package") > 0);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (int i = 0; !holds(); i++)
        {
            Assert.True(i < 600, "it did not come to be");
            await Task.Delay(50, Cancelled);
        }
    }

    private async Task<long> CountAsync(string database, string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={_scratch["data", database]};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(Cancelled);
        return await connection.ExecuteScalarAsync<long>(statement);
    }

    private ServeRequest Request() => new()
    {
        DataFolder = _scratch["data"],
        Urls = ["http://127.0.0.1:0"],
        GrpcPort = 0,
        Quiet = true,
    };

    private Task<ServiceHost> StartAsync(string? url = null) =>
        ServiceHost.StartAsync(Request() with { Urls = [url ?? "http://127.0.0.1:0"] }, Cancelled);

    private static string Settings(string secret) =>
        "{\"Collectors\":{\"Credential\":{\"Secrets\":[\"" + secret + "\"]}}}";

    private static HttpClient Client(ServiceHost host) => new() { BaseAddress = host.Http[0] };

    private static async Task SendStoryAsync(ServiceHost host)
    {
        using HttpClient http = Client(host);
        foreach ((string path, string body) in new[]
        {
            ("notifications/distribution", Story.Promotion(Story.A, "2026-03-22T08:00:00Z")),
            ("notifications/sigstore-bundle", Story.Bundle()),
            ("notifications/servicenow", Story.Change()),
            ("runtime-validation/notifications/cloudevents", Story.Container()),
        })
        {
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, path, body)).Status);
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(new Uri(path, UriKind.Relative), content, Cancelled);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static string TokenOf(ServiceHost host) => File.ReadAllText(host.TokenFile!).Trim();

    private static Metadata WithToken(Metadata headers, ServiceHost host)
    {
        headers.Add("authorization", "Bearer " + TokenOf(host));
        return headers;
    }

    /// <summary>The package that rests on all four records.</summary>
    private static async Task<CorrectionPackage> PackageAsync(ServiceHost host)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc);
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch = new HandoffService.HandoffServiceClient(channel.Intercept(headers => WithToken(headers, host)))
            .WatchCorrectionPackages(new WatchCorrectionPackagesRequest { Parent = "tuples/-" }, deadline: DateTime.UtcNow.AddSeconds(60), cancellationToken: Cancelled);
        await foreach (WatchCorrectionPackagesResponse response in watch.ResponseStream.ReadAllAsync(Cancelled))
        {
            if (response.Package is { State: PackageState.Prepared } package
                && package.Exceptions.Any(e => e.Field == "observed-envelope-id")
                && package.Exceptions.Any(e => e.Field == "approved-tuple")
                && package.Exceptions.Any(e => e.Field == "manifest-digest"))
            {
                return package;
            }
        }

        throw new InvalidOperationException("the stream ended");
    }
}
