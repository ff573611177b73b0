namespace ReleaseIntegrity.Hosting.Draining;

/// <summary>How a service stops when it is told to (SIGTERM); section <c>Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Drain";

    /// <summary>
    /// How long it goes on answering, in seconds, though it takes nothing new: as long as a load balancer needs to see
    /// that <c>/health/ready</c> turned to 503. Default 5.
    /// </summary>
    public int WindowSeconds { get; set; } = 5;

    /// <summary>
    /// How long it may take, in seconds, to finish what is in hand and to send what it has to say. What is left then
    /// stays in the store, for another replica or the next start. Default 15.
    /// </summary>
    public int LimitSeconds { get; set; } = 15;
}
