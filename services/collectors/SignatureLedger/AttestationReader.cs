using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Reads an attestation in whichever form tools hand it out, told by its shape: a Sigstore bundle, a DSSE envelope, what
/// GitHub and npm answer, what Google Cloud Build says of an image, an unsigned in-toto statement, or a list of these.
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
        else if (node["attestations"].Exists)
        {
            ReadList(node["attestations"], items);
        }
        else if (node["attestations_subject_digests"].Exists)
        {
            foreach (Node digest in node["attestations_subject_digests"].Members)
            {
                ReadList(digest, items);
            }
        }
        else if (node["attestation"].Kind == NodeKind.Object)
        {
            items.Add(ReadAttestation(node["attestation"], items));
        }
        else if (node["bundle"].Exists || node["bundle_url"].Exists)
        {
            items.Add(ReadAttestation(node, items));
        }
        else if ((node["signed"].Exists && node["signatures"].Exists) || InTotoStatement.IsOlderMetadata(node))
        {
            items.Add(new NormalisedItem.Irrelevant("metadata in in-toto's older format, which names no image"));
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

    private static void ReadList(Node list, Items items)
    {
        if (list.IsAmbiguous || (list.Kind != NodeKind.Array && list.Kind != NodeKind.Null))
        {
            items.Reject(list, "one list of attestations is wanted");
        }
        else if (list.Items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("no attestation of what was asked for"));
        }

        foreach (Node attestation in list.IsAmbiguous ? [] : list.Items)
        {
            items.Add(ReadAttestation(attestation, items));
        }
    }

    private static NormalisedItem ReadAttestation(Node attestation, Items items)
    {
        Node bundle = attestation["bundle"];
        Node url = attestation["bundle_url"];
        return bundle.IsAmbiguous ? bundle.Reject("stated more than once")
            : bundle.HasValue ? BundleReader.Read(bundle, items)
            : url.Value is { } place
                // The query of such an address is a key to the bundle.
                ? new NormalisedItem.Hint(
                    "an attestation whose bundle is stored elsewhere",
                    items.Notification.Instance ?? Envelope.Unlogged, place.Split('?', '#')[0] is { Length: > 0 } path ? path : "bundle")
                : attestation.Reject("an attestation needs a bundle or a bundle_url");
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
