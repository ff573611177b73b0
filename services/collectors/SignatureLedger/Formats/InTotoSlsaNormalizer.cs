using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>intoto-slsa</c>: in-toto attestations (in-toto attestation framework) of any predicate, SLSA provenance v0.1, v0.2
/// and v1 among them, under either version of the statement: envelopes and bundles as <c>.intoto.jsonl</c> files hold them,
/// provenance of Google Cloud Build, and unsigned statements, which are hints.
/// </summary>
public sealed class InTotoSlsaNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "intoto-slsa";

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
