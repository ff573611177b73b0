using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
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
    private readonly Masker _masker;
    private readonly Counter<long> _messages;

    internal HandoffFeed(HandoffStore store, Masker masker, IMeterFactory meters)
    {
        _store = store;
        _masker = masker;
        _messages = meters.Create("ReleaseIntegrity.Handoff").CreateCounter<long>(
            "releaseintegrity.handoff.feed.messages", "{message}", "Messages of the feed, by kind and outcome.");
    }

    /// <summary>Takes a ledger.</summary>
    /// <exception cref="MalformedFeedException">The message doesn't hold together.</exception>
    public async Task<FeedOutcome> Apply(LedgerChanged message, CancellationToken cancellationToken = default)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.CanonicalLedger))) != message.LedgerSha256)
        {
            throw new MalformedFeedException("the ledger's hash is not that of its content");
        }

        LedgerView ledger = Checked(DocumentReader.Ledger, message.CanonicalLedger);
        CheckTuple(message.Tuple, ledger.Tuple);
        var holds = ledger.Fields
            .Where(f => f.Hold is not null)
            .Select(f => new HoldFacts(f.Field, f.Hold!.Id, f.Hold.Root is null, [f.Hold.Reason, .. f.Hold.AlsoReasons]));
        var facts = new LedgerFacts(message.Tuple, ledger.OnHold, ReleaseTrain(ledger), [.. holds]);
        return Counted("ledger", await _store.RecordAsync(
            facts, message.Revision, message.LedgerSha256, message.CanonicalLedger, message.RecordedAt, cancellationToken));
    }

    /// <summary>Takes a package.</summary>
    /// <exception cref="MalformedFeedException">The message doesn't hold together.</exception>
    public async Task<FeedOutcome> Apply(CorrectionPackagePrepared message, CancellationToken cancellationToken = default)
    {
        PackageView package = Checked(DocumentReader.Package, message.CanonicalPackage);
        CheckTuple(message.Tuple, package.Tuple);
        if (package.Id != message.PackageId || ContentId(message.CanonicalPackage) != message.PackageId)
        {
            throw new MalformedFeedException("the package's id is not that of its content");
        }

        return Counted("package", await _store.RecordAsync(
            new NewPackage
            {
                Tuple = message.Tuple,
                PackageId = message.PackageId,
                Revision = message.Revision,
                Supersedes = message.Supersedes,
                Content = message.CanonicalPackage,
                PreparedAt = message.PreparedAt,
                ReleaseTrain = ReleaseTrain(package.Ledger),
                Reasons = [.. package.Exceptions.SelectMany(e => e.Hold.AlsoReasons.Prepend(e.Hold.Reason))],
            },
            cancellationToken));
    }

    /// <summary>Takes note that a package ended without a successor.</summary>
    public async Task<FeedOutcome> Apply(CorrectionPackageClosed message, CancellationToken cancellationToken = default) =>
        Counted("package", await _store.RecordEndAsync(message.Tuple, message.Revision, message.ClosedAt, cancellationToken));

    /// <summary>Takes note that a hold was opened.</summary>
    public async Task<FeedOutcome> Apply(HoldOpened message, CancellationToken cancellationToken = default) =>
        Counted("hold", await _store.RecordHoldAsync(
            message.Tuple, message.HoldId, true, message.At, message.LedgerSha256, cancellationToken));

    /// <summary>Takes note that a hold was released.</summary>
    public async Task<FeedOutcome> Apply(HoldReleased message, CancellationToken cancellationToken = default) =>
        Counted("hold", await _store.RecordHoldAsync(
            message.Tuple, message.HoldId, false, message.At, message.LedgerSha256, cancellationToken));

    private FeedOutcome Counted(string kind, FeedOutcome outcome)
    {
        _messages.Add(1, new("kind", kind), new("outcome", WireNames.Of(outcome)));
        return outcome;
    }

    /// <summary>For finding by train; a masked train is not to be found, else the search would tell what it is.</summary>
    private static string? ReleaseTrain(LedgerView ledger) =>
        ledger.For(WireNames.Of(Field.ReleaseTrain)) is { Mask: "none" } field ? field.Authoritative?.Single : null;

    /// <summary>SHA-256 of the canonical content without the id: what decisions will be bound to.</summary>
    private static string ContentId(string package)
    {
        JsonObject content = JsonNode.Parse(package)!.AsObject();
        content.Remove("id");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.Text(content))));
    }

    private static void CheckTuple(ImageReference stated, TupleView inside)
    {
        if (stated != new ImageReference(inside.Registry, inside.Repository, inside.Tag))
        {
            throw new MalformedFeedException("the document is about another tuple than the message");
        }
    }

    /// <summary>
    /// The document as read, after it was masked and read once for trial: what can't be shown is refused at the door,
    /// not when someone asks for it.
    /// </summary>
    private T Checked<T>(Func<JsonNode, T> read, string json)
    {
        try
        {
            JsonNode document = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 32 })
                ?? throw new MalformedFeedException("the document is null");
            read(_masker.Mask(document));
            return read(document);
        }
        catch (JsonException e)
        {
            throw new MalformedFeedException($"the document can't be read, at {e.Path ?? "its beginning"}", e);
        }
        catch (ArgumentException e)
        {
            throw new MalformedFeedException("the document can't be masked", e);
        }
    }
}
