using System.Diagnostics;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>
/// Waiting is polling with a deadline. The deadline says when to give up on a machine however slow; no test asserts how
/// long anything took.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Asks until the answer is the wanted one, and returns it; tells the last answer, or why there was none, when it
    /// never is. A service that can't be reached has not answered yet.
    /// </summary>
    public static async Task<T> IsAsync<T>(
        string what, Func<Task<T>> ask, Func<T, bool> wanted, Func<string>? background = null, TimeSpan? patience = null)
    {
        TimeSpan limit = patience ?? Patience;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            string seen;
            try
            {
                T answer = await ask();
                if (wanted(answer))
                {
                    return answer;
                }

                seen = $"{answer}";
            }
            catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
            {
                seen = unreachable.Message;
            }

            if (waited.Elapsed > limit)
            {
                Assert.Fail($"{what}: not within {limit.TotalSeconds:0} s; last seen: {seen}\n{background?.Invoke()}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    public static Task IsTrueAsync(string what, Func<Task<bool>> ask, Func<string>? background = null, TimeSpan? patience = null) =>
        IsAsync(what, ask, yes => yes, background, patience);
}
