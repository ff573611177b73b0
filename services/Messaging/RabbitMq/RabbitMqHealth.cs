using MassTransit;

namespace ReleaseIntegrity.Messaging.RabbitMq;

/// <summary>Health of both connections: the one that sends, and the one that consumes.</summary>
internal sealed class RabbitMqHealth(PublishingConnection publishing, IBusControl consuming, TimeProvider clock) : IBusHealth
{
    private readonly Lock _turn = new();
    private BusStanding _standing = publishing.Standing;

    public BusStanding Standing
    {
        get
        {
            BusStanding now = Now();
            lock (_turn)
            {
                _standing = now.State == _standing.State ? now with { Since = _standing.Since } : now;
                return _standing;
            }
        }
    }

    private BusStanding Now()
    {
        BusStanding sending = publishing.Standing;
        if (!sending.IsReady)
        {
            return sending;
        }

        BusHealthResult consumers = consuming.CheckHealth();
        string[] missing =
        [
            .. consumers.Endpoints.Where(e => e.Value.Status != BusHealthStatus.Healthy).Select(e => e.Key).Order(StringComparer.Ordinal),
        ];
        return consumers.Status == BusHealthStatus.Healthy
            ? sending
            : new BusStanding(
                BusState.Disconnected,
                clock.GetUtcNow(),
                missing.Length > 0 ? $"not consuming yet from: {string.Join(", ", missing)}" : "the consuming connection to the broker is not there yet");
    }
}
