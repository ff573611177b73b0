using Grpc.Core;
using ReleaseIntegrity.Handoff.Api;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>
/// From what a call shows to its caller: a token, a client certificate, or both. With both the token says who calls, and the
/// certificate that the connection may be used at all.
/// </summary>
internal sealed class Credentials(AccessOptions options, TimeProvider clock) : IDisposable
{
    private readonly BearerTokens? _tokens = options.OpenId is null && options.SigningKey is null ? null : new(options);
    private readonly ClientCertificates? _certificates = options.ClientCertificates is { } settings ? new(settings, clock) : null;

    /// <inheritdoc/>
    public void Dispose() => _tokens?.Dispose();

    /// <summary>The caller of a call.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED, or UNAVAILABLE where the provider's keys can't be read.</exception>
    public async ValueTask<Caller> CallerAsync(ServerCallContext context)
    {
        Caller? certified = _certificates?.CallerOf(context.GetHttpContext().Connection.ClientCertificate);
        if (_certificates is { AreRequired: true } && certified is null)
        {
            throw ApiErrors.Unauthenticated("CREDENTIAL_CERTIFICATE", "show a client certificate that this service takes, in the TLS handshake, and in its time");
        }

        string? shown = context.RequestHeaders.GetValue("authorization");
        if (certified is not null && shown is null)
        {
            return certified;
        }

        return _tokens is not null
            ? await _tokens.CallerAsync(shown ?? "", context.CancellationToken)
            : throw ApiErrors.Unauthenticated("CREDENTIAL_MISSING", "this service takes client certificates, no tokens: show one that it knows in the TLS handshake, and send no authorization");
    }
}
