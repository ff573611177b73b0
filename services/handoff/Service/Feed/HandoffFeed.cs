using System.Diagnostics.Metrics;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>
/// Takes what the reconciler publishes into the handoff's store. Every message may come any number of times and in any
/// order; the last revision stands in the end. Safe for concurrent use.
/// </summary>
public sealed class HandoffFeed
{
    private readonly HandoffStore _store;
    private readonly FeedCheck _check;
    private readonly Counter<long> _messages;

    internal HandoffFeed(HandoffStore store, Masker masker, IMeterFactory meters)
    {
        _store = store;
        _check = new FeedCheck(masker);
        _messages = meters.Create("ReleaseIntegrity.Handoff").CreateCounter<long>(
            "releaseintegrity.handoff.feed.messages", "{message}", "Messages of the feed, by kind and outcome.");
    }

    /// <summary>
    /// Takes one message: <c>LedgerChanged</c>, <c>CorrectionPackagePrepared</c> or <c>CorrectionPackageClosed</c>.
    /// </summary>
    /// <exception cref="MalformedFeedException">The message doesn't hold together.</exception>
    public async Task<FeedOutcome> Apply(object message, CancellationToken cancellationToken = default) =>
        (await RecordAsync([_check.Of(message)], cancellationToken))[0];

    /// <summary>What a message says.</summary>
    /// <exception cref="MalformedFeedException">The message doesn't hold together.</exception>
    internal FeedFact Check(object message) => _check.Of(message);

    /// <summary>Records many in one transaction; their outcomes, in their order.</summary>
    internal async Task<IReadOnlyList<FeedOutcome>> RecordAsync(
        IReadOnlyList<FeedFact> facts, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeedOutcome> outcomes = await _store.RecordAsync(facts, cancellationToken);
        for (int i = 0; i < facts.Count; i++)
        {
            _messages.Add(1, new("kind", KindOf(facts[i])), new("outcome", WireNames.Of(outcomes[i])));
        }

        return outcomes;
    }

    private static string KindOf(FeedFact fact) => fact is LedgerFact ? "ledger" : "package";
}
