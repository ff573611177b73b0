using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Hosting;

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
    /// <exception cref="UsageException">The settings or the key can't be used.</exception>
    public static AccessOptions Of(IConfiguration configuration, DataFolder data)
    {
        if (!IsOwn(configuration))
        {
            try
            {
                return Settings(configuration).ReadAccess();
            }
            catch (Exception e) when (StartRefusal.ReasonsOf(e) is { } reasons)
            {
                throw new UsageException(string.Join('\n', reasons));
            }
        }

        SigningKey key = data.SigningKey();
        data.WriteHandoffToken(key.Mint("local", CallerClaims.ByName.Values, repositories: null, DateTimeOffset.UtcNow + Lifetime));
        return new AccessOptions { SigningKey = key };
    }

    private static HandoffSettings Settings(IConfiguration configuration) =>
        configuration.GetSection(HandoffSettings.Section).Get<HandoffSettings>() ?? new();
}
