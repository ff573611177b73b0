using System.Text.Json.Nodes;
using Grpc.Core;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPC that exports.</summary>
internal sealed class ExportCalls(HandoffStore store, MaskedDocuments documents, AuditLog audit, HandoffOptions options)
{
    /// <inheritdoc cref="HandoffApi.ExportCorrectionPackage"/>
    public async Task<ExportedPackage> ExportCorrectionPackage(ExportCorrectionPackageRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string? packageId, long? revision) = check.PackageName(request.Name);
        check.ThrowIfInvalid();
        ExportKey key = options.ExportKey
            ?? throw ApiErrors.NotConfigured("no key signs exports; the service's operator sets Handoff:ExportKeyFile");

        PackageRow row = await store.Store.WriteAsync(
            async transaction =>
            {
                PackageRow found = await PackageCalls.FindAsync(transaction, tupleId, packageId, revision);
                await audit.AppendAsync(transaction, new AuditEntry
                {
                    Subject = Caller.Of(context).Subject,
                    Kind = AuditKinds.Export,
                    TupleId = tupleId,
                    Detail = new JsonObject { ["package"] = found.PackageId, ["revision"] = Tokens.Text(found.Revision), ["key"] = key.Id },
                });
                return found;
            },
            context.CancellationToken);
        return new ExportedPackage
        {
            EnvelopeJson = PackageEnvelope.Sign(documents.Of(row).Json, key),
            KeyId = key.Id,
            PublicKeyPem = key.PublicKeyPem,
        };
    }
}
