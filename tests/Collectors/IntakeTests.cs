using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.Tests.Collectors;

public sealed class IntakeTests : WithFolder
{
    private const string Secret = "0123456789abcdef-first";
    private const string NextSecret = "0123456789abcdef-second";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_notification_is_kept_and_answered_with_its_address()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder);
        using HttpResponseMessage response = await host.PostAsync("""["observed"]""");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
        string sha256 = Convert.ToHexStringLower(SHA256.HashData("""["observed"]"""u8));
        Assert.Equal(sha256, answer.GetProperty("notificationSha256").GetString());

        await host.QuietAsync();
        JsonElement view = await host.GetAsync($"notifications/{answer.GetProperty("intakeId").GetString()}");
        Assert.Equal("normalised", view.GetProperty("state").GetString());
        Assert.Equal("observed", view.GetProperty("items")[0].GetProperty("outcome").GetString());
        using HttpResponseMessage unknown = await host.Client.GetAsync(new Uri("notifications/9999", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_body_that_can_not_be_read_is_taken_and_rejected_with_its_place()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder);
        await host.AcceptAsync("[\n  \"observed\", oops ]");
        await host.AcceptAsync("");
        await host.QuietAsync();
        JsonElement items = (await host.GetAsync("items?outcome=rejected")).GetProperty("items");
        Assert.Equal(2, items.GetArrayLength());
        Assert.Contains("line 2", items[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_format_is_told_which_ones_there_are()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder);
        using HttpResponseMessage response = await host.PostAsync("[]", "harbour");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        string text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains("fake, other", text, StringComparison.Ordinal);
        Assert.DoesNotContain("harbour", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_or_wrong_secret_is_401_and_either_of_two_is_taken()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, Guarded);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, "Bearer wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, "Bearer"));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(host, "Bearer " + Secret));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(host, NextSecret));
        using HttpResponseMessage read = await host.Client.GetAsync(new Uri("counts", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, read.StatusCode);
        using HttpResponseMessage live = await host.Client.GetAsync(new Uri("health/live", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task A_format_can_have_a_secret_of_its_own_in_a_header_of_its_own()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, options =>
        {
            Guarded(options);
            var own = new CredentialOptions { Header = "X-Token" };
            own.Secrets.Add("another-secret-of-other");
            options.Formats["other"] = new FormatOptions { Credential = own };
        });
        using HttpResponseMessage wrong = await host.PostAsync("[]", "other", r => r.Headers.Add("Authorization", "Bearer " + Secret));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using HttpResponseMessage right = await host.PostAsync("[]", "other", r => r.Headers.Add("X-Token", "another-secret-of-other"));
        Assert.Equal(HttpStatusCode.Accepted, right.StatusCode);
    }

    [Fact]
    public async Task Without_a_secret_only_local_programs_are_admitted()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder);
        using HttpResponseMessage page = await host.PostAsync("[]", with: r => r.Headers.Add("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        using HttpResponseMessage rebound = await host.PostAsync("[]", with: r => r.Headers.Host = "evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, rebound.StatusCode);
    }

    [Fact]
    public async Task Listening_elsewhere_without_a_secret_is_refused_at_start_with_the_fix()
    {
        ListenException e = await Assert.ThrowsAsync<ListenException>(
            () => CollectorHost.StartAsync(Folder, urls: "http://0.0.0.0:0"));
        Assert.Contains("--urls http://127.0.0.1", e.Message, StringComparison.Ordinal);
        await using CollectorHost guarded = await CollectorHost.StartAsync(Folder, Guarded, urls: "http://0.0.0.0:0");
    }

    [Theory]
    [InlineData(100, false, HttpStatusCode.Accepted)]
    [InlineData(101, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(100, true, HttpStatusCode.Accepted)]
    [InlineData(101, true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(100_000, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_is_taken_up_to_the_limit(int size, bool chunked, HttpStatusCode expected)
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, o => o.MaxBodyBytes = 100);
        using HttpResponseMessage response = await host.PostAsync(
            new string(' ', size), with: r => r.Headers.TransferEncodingChunked = chunked);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_full_intake_says_so_and_when_to_come_back()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, o => o.MaxBytesInFlight = o.MaxBodyBytes = 10);

        // The server asks for the body once it has found room for it.
        var stalling = new StallingContent();
        Task<HttpResponseMessage> slow = host.PostAsync("", with: r =>
        {
            r.Content = stalling;
            r.Headers.ExpectContinue = true;
        });
        await stalling.Asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        using HttpResponseMessage refused = await host.PostAsync("[]");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);

        stalling.GoOn.SetResult();
        using HttpResponseMessage taken = await slow;
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await host.AcceptAsync("[]");
    }

    [Fact]
    public async Task A_backlog_at_its_limit_is_full_and_not_ready_until_it_is_worked_off()
    {
        var slow = new SlowNormalizer();
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, o => o.MaxBacklog = 2, normalisers: [slow]);
        await host.AcceptAsync("[1]");
        await host.AcceptAsync("[2]");
        using HttpResponseMessage full = await host.PostAsync("[3]");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        using HttpResponseMessage ready = await host.Client.GetAsync(new Uri("health/ready", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"missing\":\"the intake is full", await ready.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        slow.Gate.Set();
        await host.QuietAsync();
        await host.AcceptAsync("[3]");
    }

    [Fact]
    public async Task Only_listed_headers_are_kept_and_never_a_credential()
    {
        await using (CollectorHost host = await CollectorHost.StartAsync(Folder, o =>
        {
            Guarded(o);
            o.KeptHeaders.Add("X-Cluster");
        }))
        {
            using HttpResponseMessage response = await host.PostAsync("[]", with: r =>
            {
                r.Headers.Add("Authorization", "Bearer " + Secret);
                r.Headers.Add("Cookie", "a=b");
                r.Headers.Add("CE-Id", "7");
                r.Headers.Add("X-Cluster", "eu-1");
                r.Headers.Add("X-Other", "no");
            });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "artifact-registry.db")};Pooling=false");
        await connection.OpenAsync(Ct);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "select headers from notification";
        Assert.Equal(
            """{"ce-id":"7","content-type":"application/json","x-cluster":"eu-1"}""", await command.ExecuteScalarAsync(Ct));
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(Folder, "artifact-registry.db"), Ct);
        Assert.Equal(-1, file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)));
    }

    [Fact]
    public async Task Options_that_can_not_work_are_refused_with_the_fix()
    {
        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => CollectorHost.StartAsync(Folder, o =>
        {
            o.MaxBodyBytes = 0;
            o.Credential = new CredentialOptions();
            o.KeptHeaders.Add("Authorization");
            o.Formats["harbour"] = new FormatOptions();
        }));
        string[] failures = [.. e.Failures];
        Assert.Equal(4, failures.Length);
        Assert.All(failures, f => Assert.StartsWith("collector artifact-registry: ", f, StringComparison.Ordinal));
        Assert.Contains(failures, f => f.Contains("openssl rand -hex 32", StringComparison.Ordinal));
        Assert.Contains(failures, f => f.Contains("known: fake, other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_encoded_body_is_refused_since_it_could_not_be_read_later()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder);
        using HttpResponseMessage response = await host.PostAsync("x", with: r => r.Content!.Headers.ContentEncoding.Add("gzip"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    private static void Guarded(CollectorOptions options)
    {
        options.Credential = new CredentialOptions();
        options.Credential.Secrets.Add(Secret);
        options.Credential.Secrets.Add(NextSecret);
    }

    private static async Task<HttpStatusCode> StatusAsync(CollectorHost host, string? authorization)
    {
        using HttpResponseMessage response = await host.PostAsync("[]", with: r =>
        {
            if (authorization is not null)
            {
                r.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
        });
        return response.StatusCode;
    }

    private sealed class SlowNormalizer : INormalizer
    {
        public ManualResetEventSlim Gate { get; } = new();

        public Source Source => Source.ArtifactRegistry;

        public string Format => "fake";

        public int MappingVersion => 1;

        public IReadOnlyList<NormalisedItem> Normalise(Notification notification)
        {
            Gate.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return [new NormalisedItem.Irrelevant("slow")];
        }
    }

    private sealed class StallingContent : HttpContent
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Asked.TrySetResult();
            await stream.WriteAsync("["u8.ToArray());
            await stream.FlushAsync();
            await GoOn.Task;
            await stream.WriteAsync("]"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
