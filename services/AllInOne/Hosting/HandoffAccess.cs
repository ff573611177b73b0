using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>
/// Whose tokens the handoff takes here: those of the OpenID provider of <c>Handoff:OpenId</c>, or those of the data folder's
/// own key. Whoever may read the folder may do everything, so with its own key a token for everything lies there.
/// </summary>
internal static class HandoffAccess
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>Whether the data folder's own key signs tokens.</summary>
    public static bool IsOwn(IConfiguration configuration) => Settings(configuration) is { OpenId: null, SigningKeyFile: null };

    /// <summary>Reads the settings; with the folder's own key writes <see cref="DataFolder.HandoffTokenFile"/> anew.</summary>
    /// <exception cref="UsageException">The key can't be used.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The settings can't be used.</exception>
    public static AccessOptions Of(IConfiguration configuration, DataFolder data)
    {
        if (!IsOwn(configuration))
        {
            return Settings(configuration).ReadAccess();
        }

        SigningKey key = data.SigningKey();
        data.WriteHandoffToken(key.Mint("local", CallerClaims.ByName.Values, repositories: null, DateTimeOffset.UtcNow + Lifetime));
        return Settings(configuration).ReadAccess(key);
    }

    /// <summary>The section <c>Handoff</c>.</summary>
    public static HandoffSettings Settings(IConfiguration configuration) =>
        configuration.GetSection(HandoffSettings.Section).Get<HandoffSettings>() ?? new();
}
