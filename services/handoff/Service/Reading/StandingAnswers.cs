using Google.Protobuf;
using Microsoft.Extensions.Caching.Memory;
using ReleaseIntegrity.Handoff.Store;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>
/// Answers about packages that are still true: whoever asks the same again, while no package changed and nobody decided, gets the
/// same message. Stewards' screens and all who watch ask for the same few. Only for answers that follow from the store's packages
/// and decisions and from the key alone, and that nobody changes. Safe for concurrent use.
/// </summary>
internal sealed class StandingAnswers(HandoffStore store) : IDisposable
{
    private const long MaximumBytes = 32 * 1024 * 1024;

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = MaximumBytes });

    /// <summary>The answer to a question.</summary>
    /// <param name="question">All that the answer depends on beside the store, as a value that can be compared.</param>
    /// <param name="answer">Makes it anew.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async ValueTask<T> OfAsync<T>(object question, Func<Task<T>> answer, CancellationToken cancellationToken)
        where T : class, IMessage
    {
        // Read before the answer is: what changes meanwhile makes the answer an old one, not a wrong one.
        long state = await store.StateAsync(cancellationToken);
        if (_answers.TryGetValue(question, out (long State, IMessage Answer) known) && known.State == state)
        {
            return (T)known.Answer;
        }

        T made = await answer();
        _answers.Set(question, (state, (IMessage)made), new MemoryCacheEntryOptions { Size = made.CalculateSize() });
        return made;
    }

    /// <inheritdoc/>
    public void Dispose() => _answers.Dispose();
}
