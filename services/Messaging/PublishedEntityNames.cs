using MassTransit;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Messaging;

/// <summary>
/// Exchanges of public events are named by the published name of the message, version included
/// (<c>holds-changed.v1</c>), and not by a type of this program.
/// </summary>
internal sealed class PublishedEntityNames(IEntityNameFormatter otherwise) : IEntityNameFormatter
{
    public string FormatEntityName<T>() =>
        MessageTypes.Find(typeof(T)) ?? otherwise.FormatEntityName<T>();
}
