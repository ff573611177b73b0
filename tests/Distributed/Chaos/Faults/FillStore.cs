using ReleaseIntegrity.Tests.Distributed.Deployed;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>
/// The disk with a service's store has no room left. What fits into pages that the store has already may still be kept, so
/// that a collector may accept or refuse; it may not accept and lose.
/// </summary>
internal sealed class FillStore(Role role) : Fault
{
    public override Task BeginAsync(Scene scene) => scene.Disk(role.Name).FillAsync();

    public override Task MeanwhileAsync(Scene scene)
    {
        Assert.Equal(0, scene.Disk(role.Name).FreeBytes);
        return Task.CompletedTask;
    }

    public override Task EndAsync(Scene scene) => scene.Disk(role.Name).EmptyAsync();

    public override string ToString() => $"disk of {role} full";
}
