using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>Who can ask a source when a message wants it. Hearing a request twice is the same as once.</summary>
public interface IResyncListener
{
    /// <summary>Notes the request durably, or leaves it where it is somebody else's.</summary>
    Task HearAsync(ResyncRequested request, CancellationToken cancellationToken);
}
