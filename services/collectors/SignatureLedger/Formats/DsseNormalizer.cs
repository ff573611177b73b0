using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>dsse</c>: DSSE envelopes (DSSE envelope.md), alone, in a list or as JSON lines, as <c>cosign download attestation</c>
/// prints them.
/// </summary>
public sealed class DsseNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "dsse";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node node in document.Readable(items))
        {
            AttestationReader.Read(node, items);
        }
    }
}
