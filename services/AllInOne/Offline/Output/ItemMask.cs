using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.AllInOne.Offline.Output;

/// <summary>
/// Masks items by the one place that masks ledgers: an item goes in as the only content of a ledger's shape, with the
/// mask classes that the policy gives to its fields. Safe for concurrent use.
/// </summary>
internal sealed class ItemMask(Masker masker, Policy policy)
{
    /// <summary>A masked copy of an item.</summary>
    /// <param name="item">The item's document.</param>
    /// <param name="about">What it is about, where it names an image: a registry without a dot in its name is known by it.</param>
    public JsonObject Mask(JsonObject item, ImageReference? about)
    {
        var masks = new JsonArray();
        foreach (JsonNode? field in item["fields"]!.AsArray())
        {
            string name = field!["field"]!.GetValue<string>();
            masks.Add(new JsonObject { ["field"] = name, ["mask"] = WireNames.Of(policy.For(WireNames.Parse<Field>(name)).Mask) });
        }

        var carrier = new JsonObject
        {
            ["schema"] = LedgerDocument.Schema,
            ["tuple"] = new JsonObject { ["registry"] = about?.Registry, ["repository"] = about?.Repository, ["tag"] = about?.Tag },
            ["fields"] = masks,
            ["item"] = item,
        };
        JsonNode masked = masker.Mask(carrier);
        JsonNode content = masked["item"]!;
        masked.AsObject().Remove("item");
        return content.AsObject();
    }
}
