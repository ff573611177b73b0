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
