using System.Net.Http.Headers;
using System.Text;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// Shows a source what it was configured to be shown. A file is read again for every request, since mounted tokens are
/// renewed; a token that was exchanged is kept until shortly before it ends.
/// </summary>
internal sealed class SourceCredential(SourceCredentialOptions? options, TokenExchange? tokens)
{
    /// <summary>User and secret, for APIs that hand out tokens for them; null where none is configured.</summary>
    public async Task<AuthenticationHeaderValue?> OfferAsync(CancellationToken cancellationToken)
    {
        if (options is null || await SecretAsync(cancellationToken) is not { Length: > 0 } secret)
        {
            return null;
        }

        return options.User is { } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")))
            : new AuthenticationHeaderValue("Bearer", secret);
    }

    /// <summary>Puts the credential on a request.</summary>
    public async Task ShowAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options?.Header is { } header)
        {
            request.Headers.TryAddWithoutValidation(header, await SecretAsync(cancellationToken));
        }
        else if (tokens is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer", await tokens.TokenAsync(await SecretAsync(cancellationToken) ?? "", cancellationToken));
        }
        else
        {
            request.Headers.Authorization = await OfferAsync(cancellationToken);
        }
    }

    private async Task<string?> SecretAsync(CancellationToken cancellationToken)
    {
        if (options?.SecretFile is not { } file)
        {
            return options?.Secret;
        }

        try
        {
            return (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(SourceTrouble.Refused, "Credential:SecretFile can't be read", e);
        }
    }
}
