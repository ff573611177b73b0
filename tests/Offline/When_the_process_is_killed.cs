using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>I10: what was answered with 202 is there after <c>kill -9</c>, at whatever moment.</summary>
public sealed class When_the_process_is_killed : IDisposable
{
    private const int Rounds = 4;
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_accepted_notification_ends_in_a_ledger()
    {
        var random = new Random(7);
        var accepted = new HashSet<string>(StringComparer.Ordinal);
        for (int round = 0; round < Rounds; round++)
        {
            using Process process = Start(out Uri address);
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task kill = KillAsync(process, first.Task, TimeSpan.FromMilliseconds(random.Next(0, 700)));
            await SendUntilItDiesAsync(address, round, accepted, first);
            await kill;
        }

        Assert.True(accepted.Count >= Rounds, "too few were accepted to show anything");
        using Process last = Start(out Uri survivor);
        try
        {
            HashSet<string> ledgers = await LedgersAsync(survivor, accepted.Count);
            Assert.Subset(ledgers, accepted);
        }
        finally
        {
            last.Kill();
            await last.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>At a random moment after the first notification was accepted, however slowly the process started.</summary>
    private static async Task KillAsync(Process process, Task first, TimeSpan after)
    {
        await first.WaitAsync(TimeSpan.FromSeconds(30));
        await Task.Delay(after);
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Each notification is about a tag of its own, so that its ledger shows that it arrived.</summary>
    private static async Task SendUntilItDiesAsync(Uri address, int round, HashSet<string> accepted, TaskCompletionSource first)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        for (int i = 0; i < 5000; i++)
        {
            string tag = string.Create(CultureInfo.InvariantCulture, $"r{round}-{i}");
            string body = Story.Promotion(Story.A, "2026-03-22T08:00:00Z", tag).Replace(Story.Tag, tag, StringComparison.Ordinal);
            try
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using HttpResponseMessage response = await http.PostAsync(new Uri("notifications/distribution", UriKind.Relative), content);
                if (response.IsSuccessStatusCode)
                {
                    accepted.Add(tag);
                    first.TrySetResult();
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<HashSet<string>> LedgersAsync(Uri address, int expected)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(Path.Combine(_scratch["data"], "handoff.token"))).Trim());
        var waited = Stopwatch.StartNew();
        HashSet<string> tags = [];
        while (tags.Count < expected && waited.Elapsed < TimeSpan.FromSeconds(90))
        {
            tags.Clear();
            string page = "";
            do
            {
                JsonNode answer = JsonNode.Parse(await http.GetStringAsync($"v1/ledgers?page_size=200&page_token={Uri.EscapeDataString(page)}"))!;
                tags.UnionWith(answer["ledgers"]!.AsArray().Select(l => l!["tuple"]!["tag"]!.GetValue<string>()));
                page = answer["nextPageToken"]?.GetValue<string>() ?? "";
            }
            while (page.Length > 0);
            await Task.Delay(200);
        }

        return tags;
    }

    private Process Start(out Uri address)
    {
        var start = new ProcessStartInfo(
            "dotnet", [typeof(AllInOne.Program).Assembly.Location, "serve", "--data", _scratch["data"], "--urls", "http://127.0.0.1:0", "--grpc-port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string? line = process.StandardOutput.ReadLine();
        Assert.True(line?.StartsWith("collectors", StringComparison.Ordinal) == true, $"it said: {line}");
        string url = line!["collectors".Length..].Trim();
        address = new Uri(url[..url.IndexOf("SOURCE", StringComparison.Ordinal)]);
        return process;
    }
}
