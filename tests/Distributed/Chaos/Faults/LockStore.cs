using ReleaseIntegrity.Tests.Distributed.Deployed;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>Another process holds the write lock of a service's store.</summary>
internal sealed class LockStore(Role role) : Fault
{
    private IAsyncDisposable? _lock;

    public override async Task BeginAsync(Scene scene) => _lock = await scene.Deployment.Stores.LockAsync(role);

    /// <summary>A collector accepts nothing that it can't keep.</summary>
    public override async Task MeanwhileAsync(Scene scene)
    {
        if (Role.Collectors.Contains(role))
        {
            Assert.False(await scene.Load.IsAcceptedAsync(role.Name), $"{role} accepted a notification while its store was locked");
        }
    }

    public override async Task EndAsync(Scene scene) => await _lock!.DisposeAsync();

    public override string ToString() => $"store of {role} locked";
}
