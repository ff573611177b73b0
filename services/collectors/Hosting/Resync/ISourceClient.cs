using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// Asks one source instance, over its own API, what pushes may have lost. It only reads: what the source answers goes the
/// way of a push, kept raw before it is normalised.
/// <para>
/// Concurrency: one question at a time. Failure: <see cref="SourceException"/> says what went wrong; the pages before it
/// count, and the next question goes on behind the last of them.
/// </para>
/// </summary>
public interface ISourceClient
{
    /// <summary>
    /// The answer in pages; each is on disk, with its watermark, before the next one is asked for. The last page ends a
    /// complete answer: whatever the source had when it was asked has then been read.
    /// </summary>
    IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, CancellationToken cancellationToken);
}

/// <summary>What to ask a source.</summary>
public sealed record SourceQuestion
{
    /// <summary>Where the answers so far end, in the client's own spelling; null for the first question.</summary>
    public string? Watermark { get; init; }

    /// <summary>What hints named, in the words of <see cref="NormalisedItem.Hint.Target"/>: asked for first, whatever the watermark is.</summary>
    public IReadOnlyCollection<string> Targets { get; init; } = [];

    /// <summary>
    /// What the source said last of things that can go back to what they were, by thing; no entry where something else
    /// spoke of the thing since. An answer that is the same is nothing new.
    /// </summary>
    public IReadOnlyDictionary<string, string> Seen { get; init; } = new Dictionary<string, string>();
}

/// <summary>A part of an answer.</summary>
public sealed record SourcePage
{
    /// <summary>What was fetched; often nothing.</summary>
    public IReadOnlyList<FetchedDocument> Documents { get; init; } = [];

    /// <summary>Where the next question goes on once this page is on disk; null where it goes on as before.</summary>
    public string? Watermark { get; init; }

    /// <summary>What the source says now of things that can go back; null where it says nothing of the thing any more.</summary>
    public IReadOnlyDictionary<string, string?> Seen { get; init; } = new Dictionary<string, string?>();

    /// <summary>The source instances that were heard with this page, as their records name them.</summary>
    public IReadOnlyCollection<string> Heard { get; init; } = [];

    /// <summary>Whether there is more at once: the source is listened to from here on.</summary>
    public bool GoesOn { get; init; }

    /// <summary>How many records the source has beyond this page; null where it doesn't say.</summary>
    public long? Behind { get; init; }
}

/// <summary>One document as the source sent it.</summary>
/// <param name="Format">The format whose normaliser reads it.</param>
/// <param name="Body">The bytes, whole.</param>
public sealed record FetchedDocument(string Format, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// What normalising reads besides the body: keys lower case, no credentials. The same bytes with other headers are
    /// another content, so what changes with every answer is only here where it means something.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
