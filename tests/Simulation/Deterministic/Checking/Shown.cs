using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Simulation.Deterministic.Checking;

/// <summary>What holds of each ledger and package as a document: lineage (I6), reversibility (I8), masking (I9).</summary>
internal static class Shown
{
    private const string Lineage = "I6 lineage";
    private static readonly Masker Masker = new(TokenKey.Published);

    /// <summary>Every candidate leads to a place in bytes that a collector keeps, and what is there reads as the candidate says.</summary>
    public static void EveryValueHasItsPlace(ImageReference tuple, LedgerView ledger, ILookup<string, KeptContent> contents)
    {
        foreach (FieldView field in ledger.Fields)
        {
            foreach (CandidateView candidate in field.Candidates)
            {
                KeptContent? kept = contents[candidate.NotificationSha256].FirstOrDefault(c => WireNames.Of(c.Source) == candidate.Source);
                Invariants.Demand(Lineage, kept is not null, () => $"{tuple} {field.Field}: nobody keeps {candidate.NotificationSha256}");
                Invariants.Demand(Lineage, candidate.ExtractedAt == kept!.Receipts[0], () => $"{tuple} {field.Field}: extracted at {candidate.ExtractedAt:O}, received at {kept.Receipts[0]:O}");
                var place = new Place(candidate.Decode, candidate.Pointer);
                using var resolver = new PlaceResolver(kept.Notification);
                Node node = resolver.Resolve(place);
                Invariants.Demand(Lineage, node.Exists, () => $"{tuple} {field.Field}: nothing at {candidate.Pointer}");
                Invariants.Demand(
                    Lineage,
                    kept.Items.OfType<NormalisedItem.Observed>().Select(o => o.Observation).Any(o => Says(o, candidate, node.Text)),
                    () => $"{tuple} {field.Field}: {candidate.RecordId} does not say so at {candidate.Pointer}");
            }
        }
    }

    /// <summary>A write and its inverse are the identity; on a record that moved the inverse applies no more.</summary>
    public static void WritesCanBeTakenBack(ImageReference tuple, CorrectionPackage package)
    {
        foreach (ProposedWrite write in package.Writes)
        {
            var record = new JsonObject { [write.Patch[0].Path[1..]] = write.Patch[0].Value, ["other"] = "kept" };
            JsonObject? after = Applied(record, write.Patch);
            bool identity = after is not null && !JsonNode.DeepEquals(after, record) && JsonNode.DeepEquals(Applied(after, write.Inverse), record);
            after?[write.Patch[0].Path[1..]] = "moved since";
            Invariants.Demand("I8 reversibility", identity && Applied(after!, write.Inverse) is null, () => $"{tuple} {write.Field} can't be taken back");
        }
    }

    /// <summary>Nothing of what sources call things can be read in the masked form.</summary>
    public static void NothingIsReadable(ImageReference tuple, params IEnumerable<byte[]> documents)
    {
        foreach (byte[] document in documents)
        {
            string masked = Masker.Mask(Encoding.UTF8.GetString(document));
            string? secret = Traffic.Secrets.FirstOrDefault(s => masked.Contains(s, StringComparison.OrdinalIgnoreCase));
            Invariants.Demand("I9 masking", secret is null, () => $"{tuple}: {secret} is shown");
        }
    }

    // A candidate comes from a field of the record, or from what names its artifact.
    private static bool Says(Observation observation, CandidateView candidate, string? raw) =>
        observation.Record.Id == candidate.RecordId
        && observation.Record.Instance == candidate.Instance
        && (observation.Fields.Any(r => r.Place.Pointer == candidate.Pointer && r.Raw == raw && (candidate.Value is null || candidate.Value.Values.SequenceEqual(r.Values)))
            || observation.Subjects.Any(s => s.Place.Pointer == candidate.Pointer && candidate.Value?.Single is { } value
                && (value == s.Digest?.Text || value == s.Image?.Coordinates)));

    private static JsonObject? Applied(JsonObject record, IReadOnlyList<PatchOperation> patch)
    {
        var copy = (JsonObject)record.DeepClone();
        foreach (PatchOperation operation in patch)
        {
            string member = operation.Path[1..];
            if (operation.Op == "test" && (string?)copy[member] != operation.Value)
            {
                return null;
            }

            if (operation.Op == "replace")
            {
                copy[member] = operation.Value;
            }
        }

        return copy;
    }
}
