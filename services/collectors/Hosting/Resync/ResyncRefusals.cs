using Microsoft.Extensions.Options;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>Refuses resync settings that can not work, each with what to write instead.</summary>
internal sealed class ResyncRefusals(string name, IReadOnlyCollection<SourceApi> apis) : IValidateOptions<CollectorOptions>
{
    private const int LongestName = 100;
    private const int LargestAnswer = 256 * 1024 * 1024;
    private const int Day = 24 * 60 * 60;

    public ValidateOptionsResult Validate(string? optionsName, CollectorOptions options)
    {
        if (optionsName != name)
        {
            return ValidateOptionsResult.Skip;
        }

        string[] failures = [.. options.Resync.SelectMany(r => Of(r.Key, r.Value).Select(f => $"collector {name}: Resync:{r.Key}: {f}"))];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Of(string key, ResyncOptions options)
    {
        if (key.Length > LongestName)
        {
            yield return $"its name may have {LongestName} characters";
        }

        SourceApi? api = apis.FirstOrDefault(a => a.Name == options.Api);
        if (api is null)
        {
            yield return apis.Count == 0
                ? "this collector asks no source; remove it"
                : $"Api is none that this collector knows; write one of: {string.Join(", ", apis.Select(a => $"\"{a.Name}\""))}";
        }

        if (AddressOf(options) is not { } address)
        {
            yield return "Address is no address; write for example: \"Address\": \"https://source.example.com\"";
        }
        else if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !options.AllowPlainHttp)
        {
            yield return "Address is plain http: answers could be changed on their way; use https, or write \"AllowPlainHttp\": true";
        }

        (string Property, int Value, int Least, int Most)[] numbers =
        [
            (nameof(options.EverySeconds), options.EverySeconds, 1, Day),
            (nameof(options.PauseSeconds), options.PauseSeconds, 0, Day),
            (nameof(options.TimeoutSeconds), options.TimeoutSeconds, 1, 600),
            (nameof(options.Retries), options.Retries, 0, 10),
            (nameof(options.MaxAnswerBytes), options.MaxAnswerBytes, 1024, LargestAnswer),
            (nameof(options.MaxConcurrency), options.MaxConcurrency, 1, 64),
            (nameof(options.PageSize), options.PageSize, 1, 10_000),
        ];
        foreach ((string property, int value, int least, int most) in numbers)
        {
            if (value < least || value > most)
            {
                yield return $"{property} must be from {least} to {most}; remove it to get the default";
            }
        }

        foreach (string failure in Credential(options).Concat(Files(options)).Concat(api?.Refusals(options) ?? []))
        {
            yield return failure;
        }
    }

    internal static Uri? AddressOf(ResyncOptions options) =>
        Uri.TryCreate(options.Address.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : null;

    private static IEnumerable<string> Credential(ResyncOptions options)
    {
        if (options.Credential is not { } credential)
        {
            yield break;
        }

        if (credential.Secret is null == credential.SecretFile is null)
        {
            yield return "Credential needs either Secret (better: in the environment, Collector__Resync__NAME__Credential__Secret) or SecretFile";
        }

        if (credential.Header is { } header && !Intake.KeptHeaders.IsHeaderName(header))
        {
            yield return "Credential:Header is no header name; remove it for Authorization";
        }

        bool usable = credential.TokenAddress is not { } token
            || (Uri.TryCreate(token, UriKind.Absolute, out Uri? address)
                && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)));
        if (!usable || (credential.TokenAddress is not null && credential.User is null))
        {
            yield return "Credential:TokenAddress must be an https address, with the client id as User";
        }
    }

    private static IEnumerable<string> Files(ResyncOptions options)
    {
        if (options.CertificateAuthorityFile is { } authorities && !File.Exists(authorities))
        {
            yield return "CertificateAuthorityFile names no file; give a PEM file of certificates";
        }

        if (options.Credential?.SecretFile is { } secret && !File.Exists(secret))
        {
            yield return "Credential:SecretFile names no file; give one that holds the secret alone";
        }
    }
}
