using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Authentication;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>Signatures and secrets, over the real endpoint. Vectors were computed with OpenSSL, not with the code under test.</summary>
public sealed class When_senders_show_who_they_are : WithFolder
{
    private const string Secret = "a-secret-that-nobody-has-guessed";
    private const string Next = "another-secret-nobody-has-guessed";
    private const string Body = """["observed"]""";

    // printf '["observed"]' | openssl dgst -sha256 -hmac SECRET
    private const string Signature = "bb9ac7595ef11a45e8aad82c549abed3038adff85208070c25ce967e524b68d6";
    private const string NextSignature = "e2bd802cd751e7a5b3567c8627ffcbaebce99c6a6e63d91ec31089077a6ea6ea";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_774_166_400);

    public static TheoryData<string, string, string> Signatures => new()
    {
        { "github", "X-Hub-Signature-256", "sha256=" },
        { "atlassian", "X-Hub-Signature", "sha256=" },
        { "flux", "X-Signature", "sha256=" },
        { "pagerduty", "X-PagerDuty-Signature", "v1=" },
        { "jfrog", "X-JFrog-Event-Auth", "" },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    public async Task A_signature_of_the_raw_body_lets_it_in_and_nothing_else_does(string scheme, string header, string prefix)
    {
        await using CollectorHost host = await StartAsync(scheme, [Secret, Next]);

        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Body, (header, prefix + Signature)));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Body, (header, prefix + Signature.ToUpperInvariant())));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Body, (header, prefix + NextSignature)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body + " ", (header, prefix + Signature)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body, (header, "sha1=" + Signature)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body, (header, prefix + Signature[2..])));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body, (header, prefix)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body, (header, prefix + Secret)));
    }

    [Theory]
    [InlineData("static", "Authorization", "Bearer ")]
    [InlineData("static", "Authorization", "")]
    [InlineData("gitlab-token", "X-Gitlab-Token", "")]
    [InlineData("jfrog-token", "X-JFrog-Event-Auth", "")]
    public async Task A_secret_in_its_header_lets_in(string scheme, string header, string prefix)
    {
        await using CollectorHost host = await StartAsync(scheme, [Secret, Next]);

        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Body, (header, prefix + Secret)));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(host, Body, (header, prefix + Next)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body, (header, prefix + Secret + "x")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(host, Body));
    }

    [Fact]
    public async Task A_sender_that_knows_no_header_has_its_secret_in_the_url()
    {
        await using CollectorHost host = await StartAsync("query", [Secret]);

        using HttpResponseMessage right = await host.PostAsync(Body, $"fake?token={Secret}");
        using HttpResponseMessage wrong = await host.PostAsync(Body, "fake?token=wrong");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized), (right.StatusCode, wrong.StatusCode));
    }

    [Fact]
    public async Task A_standard_webhook_is_taken_within_its_window_with_either_key_and_among_other_signatures()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] next = RandomNumberGenerator.GetBytes(32);
        await using CollectorHost host = await StartAsync("standard-webhooks", ["whsec_" + Convert.ToBase64String(key), Convert.ToBase64String(next)]);

        Assert.Equal(HttpStatusCode.Accepted, await WebhookAsync(host, 0, Sign(key, 0)));
        Assert.Equal(HttpStatusCode.Accepted, await WebhookAsync(host, 0, $"v1a,AAAA v1,{new string('A', 43)}= {Sign(next, 0)}"));
        Assert.Equal(HttpStatusCode.Accepted, await WebhookAsync(host, -300, Sign(key, -300)));
        Assert.Equal(HttpStatusCode.Accepted, await WebhookAsync(host, 300, Sign(key, 300)));
        Assert.Equal(HttpStatusCode.Unauthorized, await WebhookAsync(host, -301, Sign(key, -301)));
        Assert.Equal(HttpStatusCode.Unauthorized, await WebhookAsync(host, 301, Sign(key, 301)));
        Assert.Equal(HttpStatusCode.Unauthorized, await WebhookAsync(host, 1, Sign(key, 0)));
        Assert.Equal(HttpStatusCode.Unauthorized, await WebhookAsync(host, 0, Sign(key, 0, id: "other")));
        Assert.Equal(HttpStatusCode.Unauthorized, await WebhookAsync(host, 0, Sign(key, 0).Replace("v1,", "v2,", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Unauthorized, await WebhookAsync(host, 0, "v1,"));
    }

    [Fact]
    public async Task What_is_sent_again_within_the_window_counts_as_duplicate()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        await using CollectorHost host = await StartAsync("standard-webhooks", ["whsec_" + Convert.ToBase64String(key)], o =>
        {
            o.ReadCredential = new CredentialOptions();
            o.ReadCredential.Secrets.Add(Secret);
        });
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, await WebhookAsync(host, 0, Sign(key, 0)));
        }

        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        System.Text.Json.JsonElement outcomes = (await host.QuietAsync()).GetProperty("byOutcome");
        Assert.Equal((1, 2), (outcomes.GetProperty("observed").GetInt32(), outcomes.GetProperty("duplicate").GetInt32()));
    }

    [Fact]
    public async Task The_published_vectors_hold()
    {
        string file = Vectors();
        foreach (string[] row in File.ReadLines(file).Skip(1).Select(l => l.Split('\t')))
        {
            (string scheme, string header) = row[0].Split(' ') is [var s, var h, ..] ? (s, h) : throw new FormatException(row[0]);
            var clock = new FakeTimeProvider(row[3].Length > 0 ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(row[3], System.Globalization.CultureInfo.InvariantCulture)) : Now);
            var options = new CredentialOptions { Scheme = scheme };
            options.Secrets.Add(row[1]);
            ISenderCheck check = SenderChecks.Of(options, clock);
            var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            context.Request.Headers[header] = row[5];
            context.Request.Headers["webhook-id"] = row[2];
            context.Request.Headers["webhook-timestamp"] = row[3];

            Assert.Equal(Admission.Admitted, await check.OfRequestAsync(context));
            Assert.Equal(Admission.Admitted, check.OfBody(context, Encoding.UTF8.GetBytes(row[4])));
            Assert.Equal(Admission.Wrong, check.OfBody(context, Encoding.UTF8.GetBytes(row[4] + "!")));
        }
    }

    [Fact]
    public async Task A_refusal_is_counted_and_logged_without_what_was_shown_or_sent()
    {
        var log = new RecordingLog();
        var refused = new List<string>();
        using var meters = new System.Diagnostics.Metrics.MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "releaseintegrity.collector.authentication.refused")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (refused)
            {
                refused.Add(string.Join(' ', tags.ToArray().Select(t => t.Value)));
            }
        });
        meters.Start();
        await using CollectorHost host = await StartAsync("github", [Secret], services: log.AddTo);
        const string Shown = "sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

        using HttpResponseMessage answer = await host.PostAsync("""["observed","payload-text"]""", with: r => r.Headers.Add("X-Hub-Signature-256", Shown));

        string text = await answer.Content.ReadAsStringAsync(CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("X-Hub-Signature-256", text, StringComparison.Ordinal);
        string line = Assert.Single(log.Lines, l => l.Contains("refused", StringComparison.Ordinal));
        Assert.Contains("github wrong", line, StringComparison.Ordinal);
        foreach (string confidential in (string[])[Secret, "0123456789abcdef", "payload-text"])
        {
            Assert.DoesNotContain(confidential, line + text, StringComparison.Ordinal);
        }

        lock (refused)
        {
            Assert.Contains("artifact-registry fake github wrong", refused);
        }
    }

    private static string Sign(byte[] key, int offset, string id = "msg_1") =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{Now.ToUnixTimeSeconds() + offset}.{Body}")));

    private static Task<HttpStatusCode> WebhookAsync(CollectorHost host, int offset, string signature) => SendAsync(
        host, Body, ("webhook-id", "msg_1"), ("webhook-timestamp", $"{Now.ToUnixTimeSeconds() + offset}"), ("webhook-signature", signature));

    private static async Task<HttpStatusCode> SendAsync(CollectorHost host, string body, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await host.PostAsync(body, with: r =>
        {
            foreach ((string name, string value) in headers)
            {
                r.Headers.TryAddWithoutValidation(name, value);
            }
        });
        return response.StatusCode;
    }

    private Task<CollectorHost> StartAsync(
        string scheme, string[] secrets, Action<CollectorOptions>? configure = null, Action<IServiceCollection>? services = null) => CollectorHost.StartAsync(
        Folder,
        options =>
        {
            options.Credential = new CredentialOptions { Scheme = scheme };
            Array.ForEach(secrets, options.Credential.Secrets.Add);
            configure?.Invoke(options);
        },
        collection =>
        {
            collection.AddSingleton<TimeProvider>(new NowProvider());
            services?.Invoke(collection);
        });

    private static string Vectors()
    {
        string? stated = Environment.GetEnvironmentVariable("RELEASE_INTEGRITY_SAMPLES");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); stated is null && folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "samples");
            stated = Directory.Exists(candidate) ? candidate : null;
        }

        string file = Path.Combine(stated ?? "", "shared", "auth", "hmac-test-vectors.tsv");
        Assert.SkipUnless(File.Exists(file), "no published vectors: set RELEASE_INTEGRITY_SAMPLES or put them in ../shared/samples");
        return file;
    }

    /// <summary>Only the time of day stands still; delays pass as they do.</summary>
    private sealed class NowProvider : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
