using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// The correction package as a document (<c>package/v1</c>): unmasked, every key present. The id is the SHA-256 of the
/// canonical content without the id. Storage and wire format: version with care.
/// </summary>
public static class PackageDocument
{
    /// <summary>The document's schema name.</summary>
    public const string Schema = "package/v1";

    /// <summary>The document of a package.</summary>
    public static JsonObject Of(CorrectionPackage package)
    {
        Ledger ledger = package.Ledger;
        List<FieldEntry> deciding = [.. ledger.Fields.Where(f => f.Field != Field.ObservationTime)];
        var document = new JsonObject
        {
            ["schema"] = Schema,
            ["tuple"] = LedgerDocument.Tuple(ledger.Tuple),
            ["policy"] = LedgerDocument.Policy(ledger),
            ["effectiveAsOf"] = LedgerDocument.Time(package.EffectiveAsOf),
            ["expiresAt"] = LedgerDocument.Time(package.ExpiresAt),
            ["ledger"] = DecisionLedger(package, deciding),
            ["exceptions"] = new JsonArray([.. deciding.Where(f => f.Hold is not null).Select(Exception)]),
            ["writeTargets"] = new JsonArray([.. deciding.SelectMany(Targets)]),
            ["proposedWrites"] = new JsonArray([.. package.Writes.Select(Write)]),
            ["alternatives"] = new JsonArray([.. deciding
                .Where(f => f.Hold is { Root: null })
                .SelectMany(f => f.Hold!.Alternatives.Select(a => LedgerDocument.Alternative(f.Field, a)))]),
            ["annotations"] = new JsonArray(),
            ["rollbackRefs"] = new JsonArray([.. package.Writes.Select(w => (JsonNode)WriteId(w))]),
            ["evidence"] = new JsonArray([.. Evidence(deciding)]),
        };
        document["id"] = CanonicalJson.Sha256(document);
        return document;
    }

    /// <summary>
    /// Hash of what the decision rests on: the content without policy and id, so that a policy change that changes no
    /// outcome supersedes nothing. Two packages of one tuple with one key are the same decision.
    /// </summary>
    public static string DecisionKey(JsonObject package)
    {
        var content = (JsonObject)package.DeepClone();
        content.Remove("id");
        content.Remove("policy");
        ((JsonObject)content["ledger"]!).Remove("policy");
        return CanonicalJson.Sha256(content);
    }

    internal static JsonObject Write(ProposedWrite write) => new()
    {
        ["id"] = WriteId(write),
        ["field"] = WireNames.Of(write.Field),
        ["target"] = new JsonObject
        {
            ["source"] = WireNames.Of(write.Target.Source),
            ["instance"] = write.Target.Instance,
            ["recordId"] = write.Target.Id,
            ["revision"] = CandidateOrder.RevisionText(write.TargetRevision),
        },
        ["patch"] = Operations(write.Patch),
        ["inverse"] = Operations(write.Inverse),
    };

    private static JsonObject DecisionLedger(CorrectionPackage package, List<FieldEntry> deciding) => new()
    {
        ["schema"] = LedgerDocument.Schema,
        ["tuple"] = LedgerDocument.Tuple(package.Ledger.Tuple),
        ["inScope"] = package.Ledger.InScope,
        ["onHold"] = package.Ledger.OnHold,
        ["policy"] = LedgerDocument.Policy(package.Ledger),
        ["effectiveAsOf"] = LedgerDocument.Time(package.EffectiveAsOf),
        ["nextTransitionAt"] = LedgerDocument.Time(package.Ledger.NextTransitionAt),
        ["fields"] = new JsonArray([.. deciding.Select(f => LedgerDocument.Field(f, DistinctCandidates(f)))]),
    };

    /// <summary>One candidate per instance and value, with the first lineage: a further record that says the same adds nothing.</summary>
    private static IEnumerable<Candidate> DistinctCandidates(FieldEntry entry) => entry.Candidates
        .GroupBy(c => (c.Source, c.Observation.Record.Instance, c.Outcome, c.About, string.Join('\n', c.Values)))
        .Select(g => g.MinBy(c => c.Observation.Lineage, Comparer<Lineage>.Create(LineageOrder.Compare))!);

    private static JsonObject Exception(FieldEntry entry) => new()
    {
        ["field"] = WireNames.Of(entry.Field),
        ["hold"] = LedgerDocument.Hold(entry.Hold!),
    };

    /// <summary>The records that a correction of the field may write, whether or not one is proposed.</summary>
    private static IEnumerable<JsonNode> Targets(FieldEntry entry) => entry.Candidates
        .Where(c => entry.Policy.WriteTargets.Contains(c.Source))
        .Select(c => c.Observation.Record)
        .Distinct()
        .Select(record => new JsonObject
        {
            ["field"] = WireNames.Of(entry.Field),
            ["source"] = WireNames.Of(record.Source),
            ["instance"] = record.Instance,
            ["recordId"] = record.Id,
        });

    private static JsonArray Operations(IReadOnlyList<PatchOperation> operations) =>
        new([.. operations.Select(o => new JsonObject { ["op"] = o.Op, ["path"] = o.Path, ["value"] = o.Value })]);

    /// <summary>The write's address within its package: field, target record and member, hashed.</summary>
    private static string WriteId(ProposedWrite write)
    {
        string address = string.Join('\n', WireNames.Of(write.Field), WireNames.Of(write.Target.Source), write.Target.Instance, write.Target.Id, write.Patch[0].Path);
        return $"{WireNames.Of(write.Field)}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)), 0, 6)}";
    }

    private static IEnumerable<JsonNode> Evidence(List<FieldEntry> deciding) => deciding
        .SelectMany(DistinctCandidates)
        .Select(c => (c.Observation.Lineage.NotificationSha256, c.Observation.Record))
        .Distinct()
        .OrderBy(e => e.NotificationSha256, StringComparer.Ordinal)
        .ThenBy(e => e.Record.Source)
        .ThenBy(e => e.Record.Instance, StringComparer.Ordinal)
        .ThenBy(e => e.Record.Id, StringComparer.Ordinal)
        .Select(e => new JsonObject
        {
            ["notificationSha256"] = e.NotificationSha256,
            ["source"] = WireNames.Of(e.Record.Source),
            ["instance"] = e.Record.Instance,
            ["recordId"] = e.Record.Id,
        });
}
