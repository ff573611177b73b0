using System.Text.Json.Nodes;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.AllInOne.Offline.Output;

/// <summary>One line of <c>items.ndjson</c>: an item, how it ended, and what it says. Wire format: version with care.</summary>
internal static class ItemDocument
{
    /// <summary>The document, unmasked, every key present.</summary>
    public static JsonObject Of(NotificationKey notification, int index, NormalisedItem item, ItemOutcome outcome, string? reason)
    {
        Observation? observation = (item as NormalisedItem.Observed)?.Observation;
        return new JsonObject
        {
            ["notificationSha256"] = notification.Sha256,
            ["index"] = index,
            ["format"] = notification.Format,
            ["outcome"] = WireNames.Of(outcome),
            ["reason"] = reason,
            ["source"] = notification.Source is { } source ? WireNames.Of(source) : null,
            ["instance"] = observation?.Record.Instance ?? (item as NormalisedItem.Hint)?.Instance,
            ["recordId"] = observation?.Record.Id,
            ["revision"] = observation is null ? null : RevisionText(observation.Revision),
            ["sourceTime"] = observation?.Revision.Time is { } time ? Instants.Text(time) : null,
            ["fields"] = observation is null ? [] : Fields(observation),
        };
    }

    private static string? RevisionText(Revision revision) =>
        revision.Counter ?? (revision.Time is { } time ? Instants.Text(time) : null);

    private static JsonArray Fields(Observation observation) => new([.. observation.Fields
        .OrderBy(f => WireNames.Of(f.Field), StringComparer.Ordinal)
        .Select(f => new JsonObject
        {
            ["field"] = WireNames.Of(f.Field),
            ["value"] = LedgerDocument.Value(f.Field, f.Values),
            ["decode"] = new JsonArray([.. f.Place.Decode.Select(d => new JsonObject { ["pointer"] = d.Pointer, ["as"] = d.As })]),
            ["pointer"] = f.Place.Pointer,
        })]);
}
