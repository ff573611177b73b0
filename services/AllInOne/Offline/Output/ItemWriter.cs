using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Output;

/// <summary>Writes <c>items.ndjson</c>, ordered by (notification, index), and counts outcomes as it goes.</summary>
internal sealed class ItemWriter(JudgedEvidence evidence, ItemMask? mask)
{
    private const int ChunkSize = 2048;

    private const string RepeatedDelivery = "the same notification was delivered before";

    private readonly List<Line> _chunk = new(ChunkSize);

    /// <summary>Items per outcome.</summary>
    public Dictionary<ItemOutcome, long> Counts { get; } = Enum.GetValues<ItemOutcome>().ToDictionary(o => o, _ => 0L);

    /// <summary>Writes all items of all deliveries.</summary>
    public void Write(IReadOnlyList<NotificationEntry> notifications, Stream stream, Action<int> progress)
    {
        foreach (NotificationEntry entry in notifications)
        {
            for (int index = 0; index < entry.Items.Length; index++)
            {
                NormalisedItem item = entry.Items[index];
                (ItemOutcome outcome, string? reason) = evidence.Judge(item);
                Add(stream, new Line(entry, index, item, outcome, reason));
                for (int repeat = 1; repeat < entry.Deliveries; repeat++)
                {
                    Add(stream, new Line(entry, index, item, ItemOutcome.Duplicate, RepeatedDelivery));
                }
            }

            progress(1);
        }

        Flush(stream);
    }

    private void Add(Stream stream, Line line)
    {
        Counts[line.Outcome]++;
        _chunk.Add(line);
        if (_chunk.Count == ChunkSize)
        {
            Flush(stream);
        }
    }

    /// <summary>Documents are made over all cores, and written in order.</summary>
    private void Flush(Stream stream)
    {
        byte[][] texts = new byte[_chunk.Count][];
        Parallel.For(0, texts.Length, i => texts[i] = Render(_chunk[i]));
        foreach (byte[] text in texts)
        {
            stream.Write(text);
        }

        _chunk.Clear();
    }

    private byte[] Render(Line line)
    {
        JsonObject document = ItemDocument.Of(line.Entry.Key, line.Index, line.Item, line.Outcome, line.Reason);
        if (mask is not null)
        {
            ImageReference? about = (line.Item as NormalisedItem.Observed)?.Observation.Subjects.FirstOrDefault(s => s.Image is not null)?.Image;
            document = mask.Mask(document, about);
        }

        return Encoding.UTF8.GetBytes(CanonicalJson.Text(document) + "\n");
    }

    private readonly record struct Line(NotificationEntry Entry, int Index, NormalisedItem Item, ItemOutcome Outcome, string? Reason);
}
