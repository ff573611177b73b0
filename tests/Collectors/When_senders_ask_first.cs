using System.Net;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Authentication;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>The questions that CloudEvents senders and Event Grid ask before they send.</summary>
public sealed class When_senders_ask_first : WithFolder
{
    private const string Secret = "a-secret-that-nobody-has-guessed";

    [Fact]
    public async Task A_configured_origin_is_allowed_and_told_its_rate()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, o =>
        {
            o.WebHookOrigins.Add("eventgrid.azure.net");
            o.WebHookRatePerMinute = 120;
        });

        using HttpResponseMessage yes = await AskAsync(host, ("WebHook-Request-Origin", "eventgrid.azure.net"), ("WebHook-Request-Rate", "1000"));
        using HttpResponseMessage quiet = await AskAsync(host, ("WebHook-Request-Origin", "eventgrid.azure.net"));
        using HttpResponseMessage no = await AskAsync(host, ("WebHook-Request-Origin", "evil.example"), ("WebHook-Request-Callback", "http://127.0.0.1:1/"));

        Assert.Equal(HttpStatusCode.OK, yes.StatusCode);
        Assert.Equal("eventgrid.azure.net", Assert.Single(yes.Headers.GetValues("WebHook-Allowed-Origin")));
        Assert.Equal("120", Assert.Single(yes.Headers.GetValues("WebHook-Allowed-Rate")));
        Assert.Equal("POST", Assert.Single(yes.Content.Headers.Allow));
        Assert.False(quiet.Headers.Contains("WebHook-Allowed-Rate"));
        Assert.Equal(HttpStatusCode.Forbidden, no.StatusCode);
        Assert.False(no.Headers.Contains("WebHook-Allowed-Origin"));
    }

    [Fact]
    public async Task Without_configured_origins_nobody_is_allowed()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder);
        using HttpResponseMessage answer = await AskAsync(host, ("WebHook-Request-Origin", "eventgrid.azure.net"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_subscription_is_confirmed_to_a_sender_and_its_question_kept()
    {
        await using CollectorHost host = await CollectorHost.StartAsync(Folder, o =>
        {
            o.Credential = new CredentialOptions();
            o.Credential.Secrets.Add(Secret);
        });

        using HttpResponseMessage stranger = await ValidateAsync(host, "wrong-secret");
        using HttpResponseMessage sender = await ValidateAsync(host, Secret);
        using HttpResponseMessage plain = await ValidateAsync(host, Secret, eventType: "Notification");

        string answer = await sender.Content.ReadAsStringAsync(CollectorHost.Ct);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.Accepted), (stranger.StatusCode, sender.StatusCode, plain.StatusCode));
        Assert.Equal("""{"validationResponse":"512d38b6"}""", answer);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        JsonElement counts = await host.QuietAsync();
        Assert.Equal((2, 1), (counts.GetProperty("notifications").GetInt32(), counts.GetProperty("contents").GetInt32()));
    }

    private static Task<HttpResponseMessage> ValidateAsync(CollectorHost host, string secret, string eventType = "SubscriptionValidation") => host.PostAsync(
        """
        [{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-03-22T10:00:00Z",
          "data":{"validationCode":"512d38b6","validationUrl":"http://127.0.0.1:1/"}}]
        """,
        with: r =>
        {
            r.Headers.Authorization = new("Bearer", secret);
            r.Headers.Add("aeg-event-type", eventType);
        });

    private static async Task<HttpResponseMessage> AskAsync(CollectorHost host, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "notifications/fake");
        Array.ForEach(headers, h => request.Headers.Add(h.Name, h.Value));
        return await host.Client.SendAsync(request, CollectorHost.Ct);
    }
}
