using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>sigstore-bundle</c>: Sigstore bundles (protobuf-specs <c>sigstore_bundle.proto</c>, media types 0.1 to 0.3 in both
/// spellings), alone, in a list or as JSON lines.
/// </summary>
public sealed class SigstoreBundleNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "sigstore-bundle";

    /// <inheritdoc/>
    public override int MappingVersion => 4;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node bundle in document.Readable(items).SelectMany(d => d.Kind == NodeKind.Array ? d.Items : [d]))
        {
            // What cosign called a bundle before there were Sigstore bundles: a signature, and what the log answered.
            items.Add(bundle["rekorBundle"].Exists ? LogEntryReader.ReadAnswer(bundle["rekorBundle"], items) : BundleReader.Read(bundle, items));
        }
    }
}
