using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>fulcio</c>: signing certificates as Fulcio issues them (fulcio.proto and its v1 API): a PEM chain, DER, or the
/// response with such a chain. A certificate tells who may have signed and when, and names no artifact: it is a hint to look
/// for the entries that carry it.
/// </summary>
public sealed class FulcioNormalizer : DocumentNormalizer
{
    private static readonly string[] Responses = ["signedCertificateEmbeddedSct", "signedCertificateDetachedSct"];

    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "fulcio";

    /// <inheritdoc/>
    protected override bool ReadsUnparsed(SourceDocument document) => document.Body.DecodeCertificate().Failure is null;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        if (document.Failure is not null)
        {
            items.Add(ReadSigner(document.Body.DecodeCertificate(), items));
            return;
        }

        Node root = document.Root;
        if (root["chains"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("a trust bundle: authorities sign certificates, and no artifact"));
            return;
        }

        Node? response = Array.ConvertAll(Responses, name => root[name]).FirstOrDefault(r => r.Exists);
        Node leaf = (response ?? root)["chain"]["certificates"][0];
        items.Add(leaf.IsAmbiguous ? leaf.Reject("stated more than once") : ReadSigner(leaf.DecodeCertificate(), items));
    }

    private static NormalisedItem ReadSigner(Node certificate, Items items) =>
        certificate.Failure ?? (NormalisedItem)new NormalisedItem.Hint(
            "a certificate alone names no artifact: only the entries that carry it tell what it signed",
            items.Notification.Instance ?? Envelope.Unlogged, "certificate-sha256:" + certificate["sha256"].Text);
}
