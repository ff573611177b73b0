namespace ReleaseIntegrity.Contracts;

/// <summary>
/// Where a value stands in the kept bytes of its notification: zero or more decode steps, each applied to the node
/// that its pointer selects in the document so far, then a JSON Pointer (RFC 6901) into the last document.
/// </summary>
/// <param name="Decode">The decode steps, outermost first.</param>
/// <param name="Pointer">JSON Pointer of exactly one node; empty for the whole document.</param>
public sealed record Place(IReadOnlyList<DecodeStep> Decode, string Pointer)
{
    /// <summary>A place that needs no decoding.</summary>
    public static Place At(string pointer) => new([], pointer);

    /// <inheritdoc/>
    public bool Equals(Place? other) =>
        other is not null && Pointer == other.Pointer && Decode.SequenceEqual(other.Decode);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pointer, Decode.Count);
}

/// <summary>One decode step: the node at <paramref name="Pointer"/> read as <paramref name="As"/>.</summary>
/// <param name="Pointer">JSON Pointer of the node to decode.</param>
/// <param name="As">
/// <c>json</c> (a string that holds JSON), <c>base64</c> (bytes), <c>base64-json</c>, <c>json-lines</c> (several
/// JSON texts as one array), <c>json-line-N</c> (the line of that number, from 1), <c>certificate</c> (DER or PEM, base64 or text), <c>certificate-N</c> (of a PEM text with several), <c>yaml</c> (the whole body, or a string), <c>yaml-document-N</c>, <c>header</c> (the
/// notification's headers as one object, keys lower case), <c>sha256</c> (hash of the node's raw bytes),
/// <c>rekor-leaf</c> (RFC 6962 leaf hash of the decoded body, or of the whole notification), <c>verification-log</c> (verification results in log lines), <c>form</c> (the JSON in a form's field <c>payload</c>).
/// </param>
public sealed record DecodeStep(string Pointer, string As);
