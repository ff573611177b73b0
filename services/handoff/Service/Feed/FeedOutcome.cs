using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>What became of a message of the feed.</summary>
public enum FeedOutcome
{
    /// <summary>It is what stands now.</summary>
    Changed,

    /// <summary>It was known already.</summary>
    Unchanged,

    /// <summary>Something later is known: a package is kept as superseded, a ledger as a past one.</summary>
    Stale,

    /// <summary>
    /// The same revision is known with other content: the reconciler's store and this one have different pasts. What is
    /// there stays.
    /// </summary>
    Conflict,
}

/// <summary>
/// A message doesn't hold together: a hash that isn't the content's, another tuple inside than outside, no document.
/// Trying again can't help. The text never quotes content.
/// </summary>
public sealed class MalformedFeedException : Exception, IRejection
{
    /// <summary>With what is wrong.</summary>
    public MalformedFeedException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong, and how it was noticed.</summary>
    public MalformedFeedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
