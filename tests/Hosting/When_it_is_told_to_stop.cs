using System.Net;
using System.Text.Json;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>SIGTERM: nothing new is taken, what was accepted is finished or kept, and the exit code is 0.</summary>
public sealed class When_it_is_told_to_stop : IDisposable
{
    private const int Senders = 8;

    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Nothing_that_was_accepted_is_lost()
    {
        Dictionary<string, string> settings = Service.Settings(_scratch, ("Drain__WindowSeconds", "2"));
        int accepted;
        using (Service collector = await Service.StartAsync("artifact-registry", settings))
        {
            using var enough = new SemaphoreSlim(0);
            Task<int>[] senders = [.. Enumerable.Range(0, Senders).Select(n => SendUntilRefusedAsync(collector, n, enough))];
            for (int i = 0; i < 50; i++)
            {
                await enough.WaitAsync(TestContext.Current.CancellationToken);
            }

            collector.Terminate();
            accepted = (await Task.WhenAll(senders)).Sum();
            Assert.Equal(0, await collector.EndAsync());
            Assert.Contains("everything in hand is finished", collector.Log, StringComparison.Ordinal);
        }

        using Service next = await Service.StartAsync("artifact-registry", settings);
        (_, string counts) = await next.GetAsync("counts");
        Assert.Equal(accepted, JsonDocument.Parse(counts).RootElement.GetProperty("notifications").GetInt32());
    }

    [Fact]
    public async Task While_it_drains_it_is_not_ready_and_says_when_to_come_back()
    {
        using Service collector = await Service.StartAsync("artifact-registry", Service.Settings(_scratch, ("Drain__WindowSeconds", "30")));
        collector.Terminate();

        await Eventually.IsTrueAsync("not ready", async () => (await collector.GetAsync("health/ready")).Text.Contains("is stopping", StringComparison.Ordinal), () => collector.Log);
        using HttpResponseMessage refused = await collector.PostAsync("notifications/harbor", "{}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, await collector.StatusAsync("health/live"));
    }

    // Returns how many were accepted: until the collector refuses, or is gone.
    private static async Task<int> SendUntilRefusedAsync(Service collector, int sender, SemaphoreSlim accepted)
    {
        for (int sent = 0; ; sent++)
        {
            try
            {
                using HttpResponseMessage answer = await collector.PostAsync("notifications/harbor", $"{{\"sender\":{sender},\"n\":{sent}}}");
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    return sent;
                }

                accepted.Release();
            }
            catch (HttpRequestException)
            {
                return sent;
            }
        }
    }
}
