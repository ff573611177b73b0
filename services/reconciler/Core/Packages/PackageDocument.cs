using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Core;

/// <summary>
/// The correction package as a document (<c>package/v1</c>): unmasked, every key present, written straight in its
/// canonical form. The id is the SHA-256 of the canonical content without the id. Storage and wire format: version with
/// care.
/// </summary>
public static class PackageDocument
{
    /// <summary>The document's schema name.</summary>
    public const string Schema = "package/v1";

    private static readonly string NoId = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>The document of a package, for who walks it.</summary>
    public static JsonObject Of(CorrectionPackage package) => (JsonObject)JsonNode.Parse(WrittenPackage.Of(package).Canonical)!;

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

    /// <summary>Writes the content with an id of zeros; returns where the id and the two policies stand, commas included.</summary>
    internal static (Range Id, Range LedgerPolicy, Range Policy) Write(CorrectionPackage package, CanonicalWriter writer)
    {
        Ledger ledger = package.Ledger;
        List<FieldEntry> deciding = [.. ledger.Fields.Where(f => f.Field != Field.ObservationTime)];
        List<Candidate>[] distinct = [.. deciding.Select(DistinctCandidates)];
        writer.BeginObject();
        Each(writer, "alternatives", deciding.Where(f => f.Hold is { Root: null }), f =>
        {
            foreach (Alternative alternative in f.Hold!.Alternatives)
            {
                LedgerDocument.Alternative(writer, f.Field, alternative);
            }
        });
        Each<object>(writer, "annotations", [], _ => { });
        writer.Member("effectiveAsOf", LedgerDocument.Time(package.EffectiveAsOf));
        Each(writer, "evidence", Evidence(distinct), e => Evidence(writer, e.NotificationSha256, e.Record));
        Each(writer, "exceptions", deciding.Where(f => f.Hold is not null), f => Exception(writer, f));
        writer.Member("expiresAt", LedgerDocument.Time(package.ExpiresAt));
        Range id = Measure(writer, () => writer.Member("id", NoId));
        Range ledgerPolicy = DecisionLedger(writer, package, deciding, distinct);
        Range policy = Measure(writer, () => LedgerDocument.Policy(writer, ledger));
        Each(writer, "proposedWrites", package.Writes, w => Write(writer, w));
        Each(writer, "rollbackRefs", package.Writes, w => writer.Text(WriteId(w)));
        writer.Member("schema", Schema);
        LedgerDocument.Tuple(writer, ledger.Tuple);
        Each(writer, "writeTargets", deciding, f => Targets(writer, f));
        writer.EndObject();
        return (id, ledgerPolicy, policy);
    }

    internal static void Write(CanonicalWriter writer, ProposedWrite write)
    {
        writer.BeginObject();
        writer.Member("field", WireNames.Of(write.Field));
        writer.Member("id", WriteId(write));
        Operations(writer, "inverse", write.Inverse);
        Operations(writer, "patch", write.Patch);
        writer.Name("target");
        writer.BeginObject();
        writer.Member("instance", write.Target.Instance);
        writer.Member("recordId", write.Target.Id);
        writer.Member("revision", CandidateOrder.RevisionText(write.TargetRevision));
        writer.Member("source", WireNames.Of(write.Target.Source));
        writer.EndObject();
        writer.EndObject();
    }

    private static Range DecisionLedger(
        CanonicalWriter writer, CorrectionPackage package, List<FieldEntry> deciding, List<Candidate>[] distinct)
    {
        writer.Name("ledger");
        writer.BeginObject();
        writer.Member("effectiveAsOf", LedgerDocument.Time(package.EffectiveAsOf));
        Each(writer, "fields", deciding.Zip(distinct), f => LedgerDocument.Field(writer, f.First, f.Second));
        writer.Member("inScope", package.Ledger.InScope);
        writer.Member("nextTransitionAt", LedgerDocument.Time(package.Ledger.NextTransitionAt));
        writer.Member("onHold", package.Ledger.OnHold);
        Range policy = Measure(writer, () => LedgerDocument.Policy(writer, package.Ledger));
        writer.Member("schema", LedgerDocument.Schema);
        LedgerDocument.Tuple(writer, package.Ledger.Tuple);
        writer.EndObject();
        return policy;
    }

    /// <summary>One candidate per instance and value, with the first lineage: a further record that says the same adds nothing.</summary>
    private static List<Candidate> DistinctCandidates(FieldEntry entry) =>
    [
        .. entry.Candidates
            .GroupBy(c => (c.Source, c.Observation.Record.Instance, c.Outcome, c.About, string.Join('\n', c.Values)))
            .Select(g => g.MinBy(c => c.Observation.Lineage, Comparer<Lineage>.Create(LineageOrder.Compare))!),
    ];

    private static void Exception(CanonicalWriter writer, FieldEntry entry)
    {
        writer.BeginObject();
        writer.Member("field", WireNames.Of(entry.Field));
        writer.Name("hold");
        LedgerDocument.Hold(writer, entry.Hold!);
        writer.EndObject();
    }

    /// <summary>The records that a correction of the field may write, whether or not one is proposed.</summary>
    private static void Targets(CanonicalWriter writer, FieldEntry entry)
    {
        foreach (SourceRecord record in entry.Candidates
            .Where(c => entry.Policy.WriteTargets.Contains(c.Source))
            .Select(c => c.Observation.Record)
            .Distinct())
        {
            writer.BeginObject();
            writer.Member("field", WireNames.Of(entry.Field));
            Record(writer, record);
            writer.EndObject();
        }
    }

    private static void Record(CanonicalWriter writer, SourceRecord record)
    {
        writer.Member("instance", record.Instance);
        writer.Member("recordId", record.Id);
        writer.Member("source", WireNames.Of(record.Source));
    }

    private static void Operations(CanonicalWriter writer, string name, IReadOnlyList<PatchOperation> operations) =>
        Each(writer, name, operations, operation =>
        {
            writer.BeginObject();
            writer.Member("op", operation.Op);
            writer.Member("path", operation.Path);
            writer.Member("value", operation.Value);
            writer.EndObject();
        });

    /// <summary>The write's address within its package: field, target record and member, hashed.</summary>
    private static string WriteId(ProposedWrite write)
    {
        string address = string.Join('\n', WireNames.Of(write.Field), WireNames.Of(write.Target.Source), write.Target.Instance, write.Target.Id, write.Patch[0].Path);
        return $"{WireNames.Of(write.Field)}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)), 0, 6)}";
    }

    private static IEnumerable<(string NotificationSha256, SourceRecord Record)> Evidence(List<Candidate>[] distinct) => distinct
        .SelectMany(candidates => candidates)
        .Select(c => (c.Observation.Lineage.NotificationSha256, c.Observation.Record))
        .Distinct()
        .OrderBy(e => e.NotificationSha256, StringComparer.Ordinal)
        .ThenBy(e => e.Record.Source)
        .ThenBy(e => e.Record.Instance, StringComparer.Ordinal)
        .ThenBy(e => e.Record.Id, StringComparer.Ordinal);

    private static void Evidence(CanonicalWriter writer, string notificationSha256, SourceRecord record)
    {
        writer.BeginObject();
        writer.Member("instance", record.Instance);
        writer.Member("notificationSha256", notificationSha256);
        writer.Member("recordId", record.Id);
        writer.Member("source", WireNames.Of(record.Source));
        writer.EndObject();
    }

    private static void Each<T>(CanonicalWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.Name(name);
        writer.BeginArray();
        foreach (T item in items)
        {
            write(item);
        }

        writer.EndArray();
    }

    private static Range Measure(CanonicalWriter writer, Action write)
    {
        int start = writer.Length;
        write();
        return start..writer.Length;
    }
}
