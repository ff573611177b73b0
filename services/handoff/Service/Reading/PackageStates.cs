using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>States of packages, as stored and in the API.</summary>
internal static class PackageStates
{
    private static readonly (PackageState State, string Stored)[] All =
    [
        (PackageState.Prepared, States.Prepared),
        (PackageState.Superseded, States.Superseded),
        (PackageState.Closed, States.Closed),
        (PackageState.Acknowledged, States.Acknowledged),
        (PackageState.RepairAuthorized, States.RepairAuthorized),
        (PackageState.Returned, States.Returned),
        (PackageState.Repaired, States.Repaired),
        (PackageState.Diverged, States.Diverged),
    ];

    /// <summary>A stored state in the API.</summary>
    public static PackageState Of(string stored) => All.Single(s => s.Stored == stored).State;

    /// <summary>A state of the API as it is stored; null where it isn't one.</summary>
    public static string? Stored(PackageState state) => All.FirstOrDefault(s => s.State == state).Stored;
}
