using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Log;

/// <summary>What tells the reconciler that a source instance was heard, where nothing that it said is new.</summary>
internal static class HeardInstances
{
    /// <summary>The message; the same for the same instant, so that telling it twice is telling it once.</summary>
    public static OutboxMessage Message(Source source, string instance, DateTimeOffset at) => new()
    {
        Id = OutboxMessage.DerivedId(MessageTypes.NameOf<SourceHeard>(), WireNames.Of(source), instance, StoredTypes.TextOf(at)),
        Type = MessageTypes.NameOf<SourceHeard>(),
        Payload = MessageTypes.Serialise(new SourceHeard(source, instance, at)),
        Destination = Queues.SourcesHeard.Name,
    };
}
