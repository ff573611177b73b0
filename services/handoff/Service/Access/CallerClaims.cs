using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>What tokens say of a caller. Wire format: version with care.</summary>
public static class CallerClaims
{
    /// <summary>Who it is.</summary>
    public const string Subject = "sub";

    /// <summary>An array of <c>viewer</c>, <c>steward</c>, <c>discloser</c>, <c>admin</c>. Others are passed over.</summary>
    public const string Roles = "roles";

    /// <summary>An array of patterns of registry and path, as in a policy's scope; absent for all repositories, empty for none.</summary>
    public const string Repositories = "repositories";

    /// <summary>Every role by its name.</summary>
    public static IReadOnlyDictionary<string, Role> ByName { get; } = Enum.GetValues<Role>()
        .Where(r => r != Role.Unspecified)
        .ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>A role as tokens and messages write it.</summary>
    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();
}
