using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>The cluster that a payload is about: as configured at the endpoint, else by header, else by annotation.</summary>
internal sealed record Cluster
{
    private const string Unnamed = "unnamed-cluster";

    private readonly Node? _stated;
    private readonly bool _configured;

    /// <summary>Finds the cluster.</summary>
    /// <param name="document">The notification.</param>
    /// <param name="metadata">The object's metadata; an absent node where there is none.</param>
    /// <param name="notification">The notification, for its configured instance.</param>
    /// <param name="options">Names of header and annotation.</param>
    internal Cluster(SourceDocument document, Node metadata, Notification notification, RuntimeValidationOptions options)
    {
        if (notification.Instance is { Length: > 0 } configured)
        {
            (Name, _configured) = (configured, true);
            return;
        }

        Node header = document.Headers[options.ClusterHeader];
        Node stated = header.Value is not null ? header : metadata["annotations"][options.ClusterAnnotation];
        (Name, _stated) = stated.Value is { } name ? (name, stated) : (Unnamed, null);
    }

    /// <summary>The source instance.</summary>
    internal string Name { get; }

    /// <summary>
    /// Adds the cluster's reading. Where the endpoint's configuration names the cluster no node of the payload does:
    /// the place is then the object that came in there. An unnamed cluster has no reading.
    /// </summary>
    internal void Read(Readings readings, Node reported)
    {
        if (_stated is not null)
        {
            readings.Value(Field.ClusterId, _stated, Name);
        }
        else if (_configured)
        {
            readings.Value(Field.ClusterId, reported, Name);
        }
    }
}
