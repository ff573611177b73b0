namespace ReleaseIntegrity.Tests.Distributed.Broker;

/// <summary>The tests that stop or block the broker share another one, one after the other, and leave it running.</summary>
[CollectionDefinition(Name)]
public sealed class TroubledBroker : ICollectionFixture<BrokerFixture>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "a broker that goes away";
}
