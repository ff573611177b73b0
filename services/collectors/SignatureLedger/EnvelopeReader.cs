using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Reads a DSSE envelope that comes without its log entry (DSSE envelope.md): a ledger entry that no log is known to have.
/// The times of its predicate are claims of whoever signed and order nothing; a certificate beside a signature (as
/// slsa-github-generator writes it) tells since when it could sign.
/// </summary>
internal static class EnvelopeReader
{
    /// <summary>The item that an envelope is; it must be the next of the notification.</summary>
    public static NormalisedItem Read(Node dsse, Items items)
    {
        if (dsse["payload"].IsAmbiguous || dsse["payloadType"].IsAmbiguous || dsse["signatures"].IsAmbiguous)
        {
            return dsse.Reject("payload, payloadType or signatures is stated more than once");
        }

        if (Envelope.ReadDsse(dsse, out NormalisedItem? refusal) is not { } envelope)
        {
            return refusal!;
        }

        string instance = items.Notification.Instance ?? Envelope.Unlogged;
        IReadOnlyList<Subject>? subjects = envelope.Subjects(null, instance, envelope.Id, out string? predicateType, out refusal);
        if (subjects is null)
        {
            return refusal!;
        }

        var signer = new Signer();
        foreach (Node signature in dsse["signatures"].Items)
        {
            signer.KeyId(signature["keyid"]);
            if (signature["cert"].HasValue)
            {
                signer.Certificate(signature["cert"]);
            }
        }

        var readings = new Readings();
        readings.Value(Field.SignatureEnvelopeId, envelope.IdNode, envelope.Id);
        signer.WriteTo(readings, dsse["signatures"]);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, instance, RecordKind.LedgerEntry, envelope.Id),
            Revision = new Revision(null, null),
            Lineage = items.NextLineage,
            Subjects = subjects,
            Fields = readings.ToList(),
            PredicateType = predicateType,
            SigningTime = signer.NotBefore,
            MessageId = envelope.Id,
            RecordPointer = dsse.Pointer,
        });
    }
}
