using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Reads an attestation in whichever form tools hand it out, told by its shape: a Sigstore bundle, a DSSE envelope, what
/// Google Cloud Build says of an image, an unsigned in-toto statement, or a list of these.
/// </summary>
internal static class AttestationReader
{
    /// <summary>Adds the items of one document.</summary>
    public static void Read(Node node, Items items)
    {
        if (node.Kind == NodeKind.Array)
        {
            foreach (Node item in node.Items)
            {
                Read(item, items);
            }
        }
        else if (node["verificationMaterial"].Exists)
        {
            items.Add(BundleReader.Read(node, items));
        }
        else if (node["payload"].Exists || node["signatures"].Exists)
        {
            items.Add(EnvelopeReader.Read(node, items));
        }
        else if (node["provenance_summary"].Exists || node["image_summary"].Exists)
        {
            ReadCloudBuild(node, items);
        }
        else if (node["_type"].Exists)
        {
            items.Add(ReadStatement(node, items));
        }
        else
        {
            items.Reject(node, "neither a Sigstore bundle, a DSSE envelope, Cloud Build provenance nor an in-toto statement");
        }
    }

    /// <summary>
    /// What <c>gcloud artifacts docker images describe --show-provenance</c> prints. Beside each envelope stands a readable copy
    /// of its statement, which nobody signed and which may differ: only the signed payload counts.
    /// </summary>
    private static void ReadCloudBuild(Node node, Items items)
    {
        Node list = node["provenance_summary"]["provenance"];
        string instance = items.Notification.Instance ?? Envelope.Unlogged;
        string target = node["image_summary"]["fully_qualified_digest"].Value ?? node["image_summary"]["digest"].Value ?? "image";
        if (list.IsAmbiguous)
        {
            items.Reject(list, "stated more than once");
        }
        else if (list.Items.Count == 0)
        {
            items.Add(new NormalisedItem.Hint("an image without any provenance", instance, target));
        }

        foreach (Node provenance in list.IsAmbiguous ? [] : list.Items)
        {
            items.Add(provenance["envelope"].HasValue
                ? EnvelopeReader.Read(provenance["envelope"], items)
                : new NormalisedItem.Hint("provenance without its envelope: only a signed payload counts", instance, target));
        }
    }

    /// <summary>A statement alone (BuildKit attaches such): signed by nobody, so it only tells what to ask the ledger for.</summary>
    private static NormalisedItem ReadStatement(Node node, Items items)
    {
        if (node["_type"].IsAmbiguous || node["subject"].IsAmbiguous || !InTotoStatement.IsStatement(node))
        {
            return node["_type"].Reject("_type and subject must be stated once, and _type be that of an in-toto statement");
        }

        string instance = items.Notification.Instance ?? Envelope.Unlogged;
        string asStated = "sha256:" + node.Sha256().Text;
        if (InTotoStatement.Read(node, instance, asStated, out NormalisedItem? refusal) is not { } statement)
        {
            return refusal!;
        }

        Subject first = statement.Subjects[0];
        return new NormalisedItem.Hint(
            "a statement that nobody signed: only an envelope around it is a ledger entry", instance,
            first.Image is null ? first.Digest!.Value.Text : $"{first.Image}@{first.Digest}");
    }
}
