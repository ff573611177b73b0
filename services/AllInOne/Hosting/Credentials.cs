using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>Settings of the collectors: <c>Collectors:Credential</c> for all of them, <c>Collectors:SOURCE</c> for one.</summary>
internal static class Credentials
{
    private const string Section = "Collectors";

    /// <summary>The section of one source.</summary>
    public static IConfigurationSection Of(IConfiguration configuration, Source source) =>
        configuration.GetSection($"{Section}:{WireNames.Of(source)}");

    /// <summary>The credential of every collector that has none of its own.</summary>
    public static CredentialOptions? Shared(IConfiguration configuration) =>
        configuration.GetSection($"{Section}:Credential").Get<CredentialOptions>();

    /// <summary>Beyond loopback nobody is let in unasked.</summary>
    /// <exception cref="UsageException">An address is open to others, and a collector has no credential.</exception>
    public static void Require(IConfiguration configuration, IReadOnlyList<ListenAddress> addresses, DataFolder data)
    {
        ListenAddress? open = addresses.FirstOrDefault(a => !a.IsLoopback);
        bool all = Shared(configuration) is not null
            || Enum.GetValues<Source>().All(s => Of(configuration, s).GetSection("Credential").Exists());
        if (open is null || all)
        {
            return;
        }

        throw new UsageException(
            $$"""
            {{open.Url}} can be reached from other machines, and no credential is configured: anybody could send notifications.
            Put one into {{data.SettingsFile}}:
              { "Collectors": { "Credential": { "Header": "Authorization", "Secrets": [ "<openssl rand -hex 32>" ] } } }
            or into the environment:
              Collectors__Credential__Secrets__0=$(openssl rand -hex 32)
            or listen on this machine only:
              --urls {{ServeRequest.DefaultUrl}}
            """);
    }
}
