using Microsoft.Extensions.Options;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>Refuses retention settings that can not work, each with what to write instead.</summary>
/// <param name="name">The collector's name.</param>
/// <param name="hostsReconciler">Whether the reconciler is in this process.</param>
internal sealed class RetentionRefusals(string name, bool hostsReconciler) : IValidateOptions<CollectorOptions>
{
    private const int Day = 24 * 60 * 60;
    private const int ShortestWait = 1;

    public ValidateOptionsResult Validate(string? optionsName, CollectorOptions options)
    {
        if (optionsName != name)
        {
            return ValidateOptionsResult.Skip;
        }

        string[] failures = [.. Of(options).Select(f => $"collector {name}: Retention: {f}")];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    internal static Uri? AddressOf(RetentionOptions options) =>
        Uri.TryCreate(options.Reconciler?.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : null;

    private IEnumerable<string> Of(CollectorOptions options)
    {
        RetentionOptions retention = options.Retention;
        if (retention.MaxAgeDays is < 1)
        {
            yield return "MaxAgeDays must be at least 1; write for example: \"MaxAgeDays\": 90, or remove it to keep whatever the age";
        }

        if (retention.MaxBytes < options.MaxBytesInFlight)
        {
            yield return "MaxBytes must hold at least what may be received at once (MaxBytesInFlight); "
                + $"write for example: \"MaxBytes\": {40 * options.MaxBytesInFlight}, or remove it to keep whatever the size";
        }

        if (retention.EverySeconds is < ShortestWait or > Day)
        {
            yield return $"EverySeconds must be from {ShortestWait} to {Day}; remove it to look every hour";
        }

        if (hostsReconciler && retention.Reconciler is not null)
        {
            yield return "Reconciler is this process itself; remove it";
        }

        if (!hostsReconciler && retention.IsOn && AddressOf(retention) is null)
        {
            yield return "Reconciler must say who knows what ledgers refer to; write for example: \"Reconciler\": \"http://reconciler:8080\"";
        }
    }
}
