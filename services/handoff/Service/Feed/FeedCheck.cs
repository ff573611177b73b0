using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>From a message of the feed to what it says, or why it can't be taken. Pure.</summary>
internal sealed class FeedCheck(Masker masker)
{
    /// <summary>What a message says.</summary>
    /// <exception cref="MalformedFeedException">The message doesn't hold together.</exception>
    /// <exception cref="ArgumentException">It is no message of the feed.</exception>
    public FeedFact Of(object message)
    {
        FeedFact fact = message switch
        {
            LedgerChanged ledger => Ledger(ledger),
            CorrectionPackagePrepared package => Package(package),
            CorrectionPackageClosed closed => new PackageEndFact(closed.Tuple, closed.Revision, closed.ClosedAt),
            _ => throw new ArgumentException($"{message.GetType().Name} is no message of the feed", nameof(message)),
        };
        return fact.Tuple.Tag is null ? throw new MalformedFeedException("the tuple has no tag") : fact;
    }

    private static LedgerFact Ledger(LedgerChanged message)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(message.CanonicalLedger)) != message.LedgerSha256)
        {
            throw new MalformedFeedException("the ledger's hash is not that of its content");
        }

        // Whatever reads as a ledger can be masked: the walk knows no other shape, and nests no deeper than the reader.
        LedgerView ledger = Checked(() => DocumentReader.Ledger(message.CanonicalLedger));
        CheckTuple(message.Tuple, ledger.Tuple);
        return new LedgerFact(message.Tuple)
        {
            Revision = message.Revision,
            Sha256 = message.LedgerSha256,
            Content = Encoding.UTF8.GetString(message.CanonicalLedger),
            RecordedAt = message.RecordedAt,
            OnHold = ledger.OnHold,
            Conflicts = LedgerAudit.Of(ledger),
            Contradicts = message.Contradicts,
            ReleaseTrain = ReleaseTrain(ledger),
            Said =
            [
                .. ledger.Fields.SelectMany(f => f.Candidates.Select((c, place) => new SaidFacts(f.Field, place, SaidHash(f.Field, c))))
                    .DistinctBy(s => s.Hash),
            ],
            HoldEvents =
            [
                .. message.HoldsOpened.Select(id => new HoldEvent(id, Opened: true, message.RecordedAt, message.LedgerSha256)),
                .. message.HoldsReleased.Select(id => new HoldEvent(id, Opened: false, message.RecordedAt, message.LedgerSha256)),
                .. (message.HoldsOpen ?? []).Select(o => new HoldEvent(o.HoldId, Opened: true, o.At, o.LedgerSha256)),
            ],
            Holds =
            [
                .. ledger.Fields.Where(f => f.Hold is not null).Select(f => new HoldFacts(
                    f.Field, f.Hold!.Id, f.Hold.Root is null, [.. f.Hold.AlsoReasons.Prepend(f.Hold.Reason).Distinct()])),
            ],
        };
    }

    private PackageFact Package(CorrectionPackagePrepared message)
    {
        (PackageView package, string contentId) = Checked(() => Shown(message.CanonicalPackage));
        CheckTuple(message.Tuple, package.Tuple);
        if (package.Id != message.PackageId || contentId != message.PackageId)
        {
            throw new MalformedFeedException("the package's id is not that of its content");
        }

        return new PackageFact(message.Tuple)
        {
            PackageId = message.PackageId,
            Revision = message.Revision,
            Supersedes = message.Supersedes,
            Content = Encoding.UTF8.GetString(message.CanonicalPackage),
            PreparedAt = message.PreparedAt,
            ReleaseTrain = ReleaseTrain(package.Ledger),
            ConflictsBegan = EvaluationTable.BeganIn(package),
            Reasons = [.. package.Exceptions.SelectMany(e => e.Hold.AlsoReasons.Prepend(e.Hold.Reason)).Distinct()],
        };
    }

    /// <summary>
    /// The package as read, and the SHA-256 of its canonical content without the id, which is what decisions are bound
    /// to. It is masked and read once for trial: what can't be shown is refused at the door, not when someone asks for it.
    /// </summary>
    private (PackageView Package, string ContentId) Shown(byte[] json)
    {
        JsonNode document = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 32 })
            ?? throw new MalformedFeedException("the document is null");
        DocumentReader.Package(masker.Mask(document));
        PackageView package = DocumentReader.Package(document);
        document.AsObject().Remove("id");
        return (package, CanonicalJson.Sha256(document));
    }

    /// <summary>A withdrawn record and an unreadable value have no value, and are told apart from one that says null.</summary>
    private static string SaidHash(string field, CandidateView said) => CanonicalJson.Sha256(new JsonArray(
        field, said.Source, said.Instance, said.RecordId,
        said.Value is null ? said.Outcome is "withdrawn" or "unreadable" ? said.Outcome : "" : null,
        new JsonArray([.. (said.Value?.Values ?? []).Select(v => (JsonNode)v)])));

    /// <summary>For finding by train; a masked train is not to be found, else the search would tell what it is.</summary>
    private static string? ReleaseTrain(LedgerView ledger) =>
        ledger.For(WireNames.Of(Field.ReleaseTrain)) is { Mask: "none" } field ? field.Authoritative?.Single : null;

    private static void CheckTuple(ImageReference stated, TupleView inside)
    {
        if (stated != new ImageReference(inside.Registry, inside.Repository, inside.Tag))
        {
            throw new MalformedFeedException("the document is about another tuple than the message");
        }
    }

    private static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
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
