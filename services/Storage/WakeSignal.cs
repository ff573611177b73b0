using System.Threading.Channels;

namespace ReleaseIntegrity.Storage;

/// <summary>Ends a loop's pause early. Signals given while nobody waits count as one, and end the next pause.</summary>
public sealed class WakeSignal(TimeProvider clock)
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Ends the pause; never blocks, from any thread.</summary>
    public void Give() => _signal.Writer.TryWrite(true);

    /// <summary>Pauses until a signal or the limit, whichever comes first.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The limit: the caller looks at its table anyway.
        }
    }
}
