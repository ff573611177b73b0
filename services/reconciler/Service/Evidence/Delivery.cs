using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// One observation among those that are taken in together, however often it was delivered among them: one item
/// delivered again is one observation, with the least extraction time.
/// </summary>
internal sealed class Delivery
{
    /// <summary>An observation that was told once.</summary>
    /// <param name="recordKey">Key of its record.</param>
    /// <param name="observation">The observation.</param>
    /// <param name="deliveries">1 where that is a delivery, 0 where it is a rereading of what was delivered.</param>
    public Delivery(string recordKey, Observation observation, int deliveries)
    {
        RecordKey = recordKey;
        Observation = observation;
        Body = StoredEvidence.BodyOf(observation);
        Id = StoredEvidence.IdOf(Body);
        ExtractedAt = observation.Lineage.ExtractedAt;
        Count = deliveries;
    }

    public string RecordKey { get; }

    /// <summary>As it was delivered first.</summary>
    public Observation Observation { get; }

    public byte[] Body { get; }

    public string Id { get; }

    public Lineage Lineage => Observation.Lineage;

    /// <summary>The least extraction time, among all that are known.</summary>
    public DateTimeOffset ExtractedAt { get; set; }

    /// <summary>Deliveries among those that are taken in together.</summary>
    public int Count { get; set; }

    /// <summary>How it stands to what was known before.</summary>
    public Arrival Arrival { get; set; }

    /// <summary>The item that it reads: readings of one item by several mappings stand side by side.</summary>
    public (string RecordKey, string NotificationSha256, string Format, int ItemIndex) Item =>
        (RecordKey, Lineage.NotificationSha256, Lineage.Format, Lineage.ItemIndex);
}

/// <summary>How an observation stands to those that were known before.</summary>
internal enum Arrival
{
    /// <summary>The first about its item: the record's history may take the shortcut.</summary>
    New,

    /// <summary>Known, and extracted no earlier: nothing follows.</summary>
    Known,

    /// <summary>Known, and extracted earlier than known: the record is made anew.</summary>
    Earlier,

    /// <summary>The item says something else, by another mapping: the record is made anew.</summary>
    Remapped,
}
