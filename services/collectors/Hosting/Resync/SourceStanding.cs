using ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>How well a source is known at an instant.</summary>
/// <param name="State">
/// <c>never-answered</c>, <c>current</c>, <c>asking</c>, <c>failing</c> (the last question was not answered to the end), or
/// <c>overdue</c> (nobody has asked for two intervals).
/// </param>
/// <param name="Silence">Since it last answered anything; null where it never did.</param>
/// <param name="Gap">For how long what pushes lost has not been made up for: zero while it answers in time, null where it never did.</param>
internal sealed record SourceStanding(string State, TimeSpan? Silence, TimeSpan? Gap)
{
    public static SourceStanding Of(WatermarkRow row, ResyncOptions options, DateTimeOffset now)
    {
        TimeSpan? since = now - row.SucceededAt;
        bool overdue = now - row.HeardAt > TimeSpan.FromSeconds(2L * options.EverySeconds) + TimeSpan.FromSeconds(options.TimeoutSeconds);
        string state = row.Trouble is not null ? "failing"
            : row.ClaimedUntil > now && row.SucceededAt is null ? "asking"
            : row.SucceededAt is null ? "never-answered"
            : overdue ? "overdue"
            : "current";
        return new SourceStanding(state, now - row.HeardAt, row.Trouble is not null || overdue ? since : since is null ? null : TimeSpan.Zero);
    }
}
