using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>One notification as it arrives. A repeated delivery has equal bytes and headers, and another receipt.</summary>
/// <param name="Source">Whose collector takes it.</param>
/// <param name="Format">The format, which is also the endpoint's name.</param>
/// <param name="Headers">Headers that the format reads, keys lower case; <c>x-cluster-id</c> names a cluster.</param>
/// <param name="Body">The bytes.</param>
/// <param name="ReceivedAt">When it arrives, UTC.</param>
public sealed record Delivery(
    Source Source, string Format, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, DateTimeOffset ReceivedAt);
