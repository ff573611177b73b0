namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>What kept a source from answering. Published in <c>GET watermarks</c>: version with care.</summary>
public enum SourceTrouble
{
    /// <summary>No connection: no such host, refused, reset.</summary>
    Unreachable,

    /// <summary>The connection's certificate or protocol is not acceptable.</summary>
    Tls,

    /// <summary>It did not answer, or not to the end, within its time.</summary>
    TimedOut,

    /// <summary>It asks for a pause (429, or 503 with <c>Retry-After</c>), and gets it.</summary>
    RateLimited,

    /// <summary>The credential is missing, wrong or not enough (401, 403).</summary>
    Refused,

    /// <summary>It failed itself (5xx).</summary>
    Failed,

    /// <summary>The answer ended before its end.</summary>
    Truncated,

    /// <summary>The answer is longer than is taken.</summary>
    TooLarge,

    /// <summary>The answer is not what the API promises.</summary>
    Unexpected,

    /// <summary>The client failed: a defect of ours, in the log.</summary>
    Internal,
}

/// <summary>A source did not answer as it should.</summary>
/// <param name="trouble">What kind of trouble.</param>
/// <param name="message">In words, without an answer's values, a path or a secret.</param>
/// <param name="inner">The cause.</param>
public sealed class SourceException(SourceTrouble trouble, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of trouble.</summary>
    public SourceTrouble Trouble => trouble;

    /// <summary>How long the source asked to be left alone; null where it didn't say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
