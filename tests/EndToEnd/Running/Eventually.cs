using System.Diagnostics;

namespace ReleaseIntegrity.Tests.EndToEnd.Running;

/// <summary>
/// Waiting is polling with a deadline. The deadline says when to give up on a machine however slow; no test asserts how
/// long anything took.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is the wanted one, and returns it; tells the last answer when it never is.</summary>
    public static async Task<T> IsAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> wanted, Func<string>? background = null)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            T answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            if (waited.Elapsed > Patience)
            {
                Assert.Fail($"{what}: not within {Patience.TotalSeconds:0} s; last seen: {answer}\n{background?.Invoke()}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    public static Task IsTrueAsync(string what, Func<Task<bool>> ask, Func<string>? background = null) =>
        IsAsync(what, ask, yes => yes, background);
}
