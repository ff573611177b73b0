namespace ReleaseIntegrity.Storage;

/// <summary>
/// Packs claimed rows into parcels. Pure. Rows of one order key and destination are in one parcel, or, where they are too
/// many, in parcels of one sequence, which is published one after the other; sequences are independent of each other.
/// </summary>
internal static class OutboxPacking
{
    /// <summary>Sequences of parcels, each with its rows in the order of their writing.</summary>
    public static IReadOnlyList<IReadOnlyList<IReadOnlyList<ClaimedMessage>>> Pack(
        IReadOnlyList<ClaimedMessage> claimed, OutboxOptions options)
    {
        var sequences = new List<List<List<ClaimedMessage>>>();
        foreach (IGrouping<string?, ClaimedMessage> destination in claimed.GroupBy(m => m.Destination, StringComparer.Ordinal))
        {
            List<List<ClaimedMessage>>? open = null;
            foreach (ClaimedMessage[] key in ByKey(destination))
            {
                if (open is null || open.Count > 1 || !Fits(open[^1], key, options))
                {
                    open = [[]];
                    sequences.Add(open);
                }

                foreach (ClaimedMessage message in key)
                {
                    if (!Fits(open[^1], [message], options))
                    {
                        open.Add([]);
                    }

                    open[^1].Add(message);
                }
            }
        }

        return sequences;
    }

    // A message without a key is its own.
    private static IEnumerable<ClaimedMessage[]> ByKey(IEnumerable<ClaimedMessage> messages) =>
        messages
            .GroupBy(m => m.OrderKey is null ? (Key: "", m.Position) : (Key: m.OrderKey, Position: -1L))
            .Select(g => g.ToArray());

    // One message always fits into an empty parcel, however long it is.
    private static bool Fits(List<ClaimedMessage> parcel, ClaimedMessage[] more, OutboxOptions options) =>
        parcel.Count == 0
        || (parcel.Count + more.Length <= options.ParcelItemLimit
            && parcel.Sum(m => (long)m.Payload.Length) + more.Sum(m => (long)m.Payload.Length) <= options.ParcelByteLimit);
}
