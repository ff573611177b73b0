using Microsoft.Extensions.Options;
using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Collectors.Hosting.Intake;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>Refuses options that can not work, each with what to write instead.</summary>
internal sealed class CollectorOptionsValidation(string name, IReadOnlyCollection<string> formats)
    : IValidateOptions<CollectorOptions>
{
    private const int LargestBody = 64 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? optionsName, CollectorOptions options)
    {
        if (optionsName != name)
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> failures =
        [
            .. options.Store.Refusals(),
            .. Numbers(options),
            .. CredentialRefusals.Of("Credential", options.Credential),
            .. CredentialRefusals.OfReader("ReadCredential", options.ReadCredential),
            .. CredentialRefusals.OfReader("OperatorCredential", options.OperatorCredential),
            .. options.Formats.SelectMany(f => CredentialRefusals.Of($"Formats:{f.Key}:Credential", f.Value.Credential)),
            .. options.Formats.Keys.Where(f => !formats.Contains(f)).Select(
                f => $"Formats:{f} is no format of this collector; known: {string.Join(", ", formats)}"),
            .. options.KeptHeaders.Where(h => !KeptHeaders.MayKeep(h, options)).Select(
                h => $"KeptHeaders: '{h}' is no header name, or carries a credential, which is never kept; remove it"),
        ];
        return failures.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(failures.Select(f => $"collector {name}: {f}"));
    }

    private static IEnumerable<string> Numbers(CollectorOptions options)
    {
        if (options.MaxBodyBytes is < 1 or > LargestBody)
        {
            yield return $"MaxBodyBytes must be from 1 to {LargestBody}; write for example: \"MaxBodyBytes\": 4194304";
        }

        if (options.MaxBytesInFlight < options.MaxBodyBytes)
        {
            yield return $"MaxBytesInFlight must hold at least one body; write: \"MaxBytesInFlight\": {4L * options.MaxBodyBytes}";
        }

        if (options.WebHookRatePerMinute < 0)
        {
            yield return "WebHookRatePerMinute must not be negative; remove it to allow any rate";
        }

        (string Name, int Value)[] positive =
        [
            (nameof(options.MaxBacklog), options.MaxBacklog),
            (nameof(options.RetryAfterSeconds), options.RetryAfterSeconds),
            (nameof(options.NormaliseConcurrency), options.NormaliseConcurrency),
            (nameof(options.ObservationsPerMessage), options.ObservationsPerMessage),
        ];
        foreach ((string property, int value) in positive)
        {
            if (value < 1)
            {
                yield return $"{property} must be at least 1; remove it to get the default";
            }
        }
    }
}
