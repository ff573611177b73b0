using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseIntegrity.Contracts.Topology;

/// <summary>
/// The queues over which observations are spread, so that several reconcilers share the work and seldom meet at one
/// tuple. Correctness does not depend on it: any observation may come over any queue, which is what makes the number
/// changeable while everything runs.
/// </summary>
/// <param name="Count">Partitions that senders use.</param>
/// <param name="Draining">Partitions that consumers listen to, where that is more: after the number was lowered.</param>
public sealed record ObservationPartitions(int Count, int Draining = 0)
{
    /// <summary>The most partitions there can be: their number has two digits in the queue's name.</summary>
    public const int Limit = 100;

    internal const string QueuePrefix = "observations.v1.";

    /// <summary>The queues to consume, those that nobody sends to any more included.</summary>
    public IReadOnlyList<QueueDeclaration> Queues { get; } =
        [.. Enumerable.Range(0, Math.Max(Count, Draining)).Select(Topology.Queues.Observations)];

    /// <summary>
    /// The queue of an observation: by the first artifact tuple that it names, else by the first digest, else by its
    /// record. The same on every machine and in every version.
    /// </summary>
    public QueueDeclaration QueueOf(Observation observation) => Queues[Of(observation)];

    /// <summary>The number of a partition's queue; null for another queue's name.</summary>
    internal static int? PartitionOf(string queue) =>
        queue.StartsWith(QueuePrefix, StringComparison.Ordinal)
        && int.TryParse(queue.AsSpan(QueuePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
        && partition < Limit
            ? partition
            : null;

    private int Of(Observation observation)
    {
        if (Count == 1)
        {
            return 0;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(observation)), hash);
        return (int)(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)Count);
    }

    private static string KeyOf(Observation observation) =>
        observation.Subjects.FirstOrDefault(s => s.Image?.Tag is not null)?.Image!.ToString()
        ?? observation.Subjects.FirstOrDefault(s => s.Digest is not null)?.Digest!.Value.Text
        ?? $"{WireNames.Of(observation.Record.Source)}\n{observation.Record.Instance}\n{observation.Record.Id}";
}
