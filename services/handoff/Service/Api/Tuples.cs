using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>Tuples that requests name.</summary>
internal static class Tuples
{
    /// <summary>How to find one that is there.</summary>
    public const string Find = "ListLedgers returns the names that there are";

    /// <summary>Throws NOT_FOUND unless the tuple is there; null is all of them.</summary>
    public static async Task RequireAsync(StoreSnapshot snapshot, string? tupleId)
    {
        if (tupleId is not null && !await HandoffQueries.HasTupleAsync(snapshot, tupleId))
        {
            throw ApiErrors.NotFound("tuple", Find);
        }
    }
}
