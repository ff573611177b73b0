using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// A correction of one record: RFC 6902 JSON Patch against the record, with the exact inverse. Both begin with a
/// <c>test</c> of the member that they write, so that neither applies to a record that moved since.
/// </summary>
/// <param name="Field">The field that it corrects.</param>
/// <param name="Target">The record to write.</param>
/// <param name="TargetRevision">The revision that the patch was made for.</param>
/// <param name="Patch">Test of the present value, then the change.</param>
/// <param name="Inverse">Test of the written value, then the way back.</param>
public sealed record ProposedWrite(
    Field Field,
    SourceRecord Target,
    Revision TargetRevision,
    IReadOnlyList<PatchOperation> Patch,
    IReadOnlyList<PatchOperation> Inverse);

/// <summary>One operation of a JSON Patch (RFC 6902 section 4): <c>test</c> or <c>replace</c>.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Path">JSON Pointer within the target record.</param>
/// <param name="Value">The value, as the source spells it; null for JSON null.</param>
public sealed record PatchOperation(string Op, string Path, string? Value);
