using System.Buffers;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Collectors.Hosting.Authentication;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>Which request headers are kept with a notification: a short list, never a credential.</summary>
internal static class KeptHeaders
{
    /// <summary>Marks what a resync fetched, with the source's configured name; never taken from a request.</summary>
    public const string Fetched = "resync";

    private const string CloudEvents = "ce-";

    // What formats read besides the body: the media type, and the delivery id where it stands in a header.
    private static readonly HashSet<string> Always = new(StringComparer.OrdinalIgnoreCase)
    {
        "content-type",
        "x-atlassian-webhook-identifier",
    };

    private static readonly HashSet<string> Never = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-gitlab-token",
        "x-jfrog-event-auth",
        "client-cert",
        "x-api-key",
        Fetched,
    };

    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsHeaderName(string? name) =>
        !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(Token);

    /// <summary>Whether configuration may name the header as one to keep.</summary>
    public static bool MayKeep(string name, CollectorOptions options) =>
        IsHeaderName(name) && !Never.Contains(name) && !CarriesCredential(name, options);

    /// <summary>The headers to keep, keys lower case; several values of one header are joined as HTTP has it.</summary>
    public static IReadOnlyDictionary<string, string> Of(IHeaderDictionary headers, CollectorOptions options)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues value) in headers)
        {
            bool wanted = Always.Contains(name)
                || name.StartsWith(CloudEvents, StringComparison.OrdinalIgnoreCase)
                || options.KeptHeaders.Contains(name, StringComparer.OrdinalIgnoreCase);
            if (wanted && MayKeep(name, options))
            {
                kept[name.ToLowerInvariant()] = string.Join(", ", value.ToArray());
            }
        }

        return kept;
    }

    /// <summary>
    /// What tells two notifications of one address apart: the instance behind the endpoint, and the headers that
    /// configuration added. Empty where there is neither.
    /// </summary>
    public static string VariantOf(Contracts.Notification notification, CollectorOptions options) =>
        string.Concat(notification.Headers
            .Where(h => options.KeptHeaders.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
            .Select(h => $"{h.Key}: {h.Value}\n")
            .Prepend(notification.Instance is { } instance ? $"{instance}\n" : ""));

    /// <summary>The same for what a resync fetched: all that it kept was chosen because it is read.</summary>
    public static string VariantOf(Contracts.Notification fetched) =>
        string.Concat(fetched.Headers
            .Where(h => h.Key is not (Fetched or "content-type"))
            .Select(h => $"{h.Key}: {h.Value}\n")
            .Prepend(fetched.Instance is { } instance ? $"{instance}\n" : ""));

    private static bool CarriesCredential(string name, CollectorOptions options) =>
        options.Formats.Values.Select(f => f.Credential)
            .Append(options.Credential).Append(options.ReadCredential).Append(options.OperatorCredential)
            .Any(c => c is not null && string.Equals(SenderChecks.HeaderOf(c), name, StringComparison.OrdinalIgnoreCase));
}
