using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.CdEvents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>cdevents</c> of the signature ledger: an image signed (CDEvents, "Continuous Integration", artifact). The event carries the signature
/// and neither signer nor log.
/// </summary>
public sealed class SignedEventsNormalizer : CdEventsNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    protected override NormalisedItem ReadEvent(CdEvent e, Items items)
    {
        if (e.Kind != "artifact.signed")
        {
            return new NormalisedItem.Irrelevant("an event about something other than a signature");
        }

        if (e.SubjectId.String is not { Length: > 0 } || e.Content["signature"].IsAmbiguous)
        {
            return e.SubjectId.Reject("an artifact needs one id and one signature");
        }

        if (ArtifactId.Parse(e.SubjectId.String) is not { } artifact)
        {
            return new NormalisedItem.Irrelevant("a signature of an artifact that is no container image");
        }

        string instance = e.InstanceOf(items.Notification);
        if (artifact.Problem is not null)
        {
            return e.SubjectId.Reject(artifact.Problem);
        }

        if (artifact.Digest is null)
        {
            return new NormalisedItem.Hint("a signature of an image that is named without a digest", instance, artifact.Image?.ToString() ?? e.SubjectId.String);
        }

        return Envelope.SignatureId(e.Content["signature"]) is not { } id
            ? e.Content["signature"].Reject("the signature must be stated in base64: it is known by it")
            : new NormalisedItem.Observed(new Observation
            {
                Record = new SourceRecord(Source, instance, RecordKind.LedgerEntry, id.Value),
                Revision = new Revision(null, e.Occurred.Utc),
                Lineage = items.NextLineage,
                Subjects = [new Subject(artifact.Image, artifact.Digest, DigestKind.Unknown, e.SubjectId.Place)],
                Fields = new Readings().Value(Field.SignatureEnvelopeId, id.Node, id.Value).ToList(),
                SigningTime = e.Occurred.Utc,
                MessageId = e.MessageId,
                RecordPointer = e.Node.Pointer,
            });
    }
}
