using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace ReleaseIntegrity.Tests.Running.Traffic;

/// <summary>
/// Sources as they behave: several send at once, each sends a notification again until it got its 202, and now and then
/// once more after that.
/// </summary>
/// <param name="notifications">What they send.</param>
/// <param name="address">
/// Where the collector of a source listens now, with a slash at the end; null while nobody does. Asked once per attempt.
/// </param>
public sealed class Senders(IReadOnlyList<Sent> notifications, Func<string, Uri?> address)
{
    private const int EveryRedelivered = 9;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    private readonly ConcurrentQueue<Sent> _waiting = new(notifications.SelectMany((n, i) => i % EveryRedelivered == 0 ? new[] { n, n } : [n]));
    private readonly ConcurrentBag<Accepted> _accepted = [];
    private volatile Waiter? _waiter;
    private int _refused;

    /// <summary>How many will be accepted in the end.</summary>
    public int Total { get; } = notifications.Count + ((notifications.Count + EveryRedelivered - 1) / EveryRedelivered);

    /// <summary>What got its 202 so far.</summary>
    public IReadOnlyCollection<Accepted> Accepted => _accepted;

    /// <summary>How many send at once.</summary>
    public int Concurrency { get; init; } = 12;

    /// <summary>How long each of them rests after a notification was accepted: what makes the load last.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>How often the answer was 503. Each of them said when to come again.</summary>
    public int Refused => _refused;

    /// <summary>Sends all of it, however often the other side goes away.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(() => SendAllAsync(cancellationToken), cancellationToken)));

    /// <summary>
    /// Does something in the very moment in which so many are accepted: on the thread of the sender that got the answer,
    /// before anything else. Returns when it is done. One waits at a time.
    /// </summary>
    public Task AtAsync(int accepted, Action act)
    {
        var waiter = new Waiter(accepted, act);
        _waiter = waiter;
        waiter.See(_accepted.Count);
        return waiter.Done.Task;
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        while (_waiting.TryDequeue(out Sent? next))
        {
            while (await TrySendAsync(next, cancellationToken) is var accepted)
            {
                if (accepted is not null)
                {
                    _accepted.Add(accepted);
                    _waiter?.See(_accepted.Count);
                    await Task.Delay(Rest, cancellationToken);
                    break;
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>Sends one once; null where it was not accepted, or the answer was lost.</summary>
    public async Task<Accepted?> TrySendAsync(Sent sent, CancellationToken cancellationToken)
    {
        if (address(sent.Source) is not { } at)
        {
            return null;
        }

        try
        {
            using HttpRequestMessage request = Request(at, sent);
            using HttpResponseMessage response = await Http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                Assert.NotNull(response.Headers.RetryAfter);
                Interlocked.Increment(ref _refused);
                return null;
            }

            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            Answer answer = (await response.Content.ReadFromJsonAsync<Answer>(cancellationToken))!;
            return new Accepted(sent, answer.IntakeId, answer.NotificationSha256);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException
            || (gone is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Killed before the answer was whole: whether it was kept is open, so it is sent again.
            return null;
        }
    }

    private static HttpRequestMessage Request(Uri at, Sent sent)
    {
        var content = new ByteArrayContent(sent.Body);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(at, sent.Path)) { Content = content };
        foreach ((string name, string value) in sent.Headers ?? NoHeaders)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || content.Headers.TryAddWithoutValidation(name, value), name);
        }

        content.Headers.ContentType ??= new MediaTypeHeaderValue(sent.Format == "cloudevents" ? "application/cloudevents+json" : "application/json");
        return request;
    }

    private sealed class Waiter(int wanted, Action act)
    {
        private int _seen;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void See(int accepted)
        {
            if (accepted >= wanted && Interlocked.Exchange(ref _seen, 1) == 0)
            {
                act();
                Done.SetResult();
            }
        }
    }

    private sealed record Answer(string IntakeId, string NotificationSha256);
}
