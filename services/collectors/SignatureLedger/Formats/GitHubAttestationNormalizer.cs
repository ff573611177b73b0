using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>github-attestation</c>: GitHub artifact attestations, as the REST API lists them (by digest, or for several digests at
/// once), as <c>gh attestation verify --format json</c> prints them, and as <c>gh attestation download</c> writes them (bundles as
/// JSON lines). A private repository's bundles have a time stamp and no log entry.
/// </summary>
public sealed class GitHubAttestationNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "github-attestation";

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node node in document.Documents)
        {
            ReadNode(node, items);
        }
    }

    private static void ReadNode(Node node, Items items)
    {
        if (node["attestations"].Exists)
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
        else if (node.Kind == NodeKind.Array)
        {
            foreach (Node item in node.Items)
            {
                ReadNode(item, items);
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
        else
        {
            AttestationReader.Read(node, items);
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
}
