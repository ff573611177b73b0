using System.Net;
using System.Net.Http.Headers;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>Tells what went wrong between a source and us, without what it said.</summary>
internal static class SourceTroubles
{
    /// <summary>Does work with the network, and tells its failures as <see cref="SourceException"/>.</summary>
    public static async Task<T> TellAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && Of(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>What a status means that is no answer.</summary>
    public static SourceException Of(HttpResponseMessage response, DateTimeOffset now)
    {
        int status = (int)response.StatusCode;
        TimeSpan? pause = PauseOf(response.Headers.RetryAfter, now);
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => new(SourceTrouble.RateLimited, "it asks for a pause (429)") { RetryAfter = pause },
            HttpStatusCode.ServiceUnavailable when pause is not null =>
                new(SourceTrouble.RateLimited, "it asks for a pause (503)") { RetryAfter = pause },
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new(SourceTrouble.Refused, $"it does not accept the credential ({status}): see Credential"),
            HttpStatusCode.RequestTimeout => new(SourceTrouble.TimedOut, "it gave up waiting for the request (408)"),
            >= HttpStatusCode.InternalServerError => new(SourceTrouble.Failed, $"it failed ({status})"),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest =>
                new(SourceTrouble.Unexpected, $"it leads elsewhere ({status}), which is not followed: see Address"),
            _ => new(SourceTrouble.Unexpected, $"it answered {status}"),
        };
    }

    /// <summary>How long a source asks to be left alone (RFC 9110 section 10.2.3).</summary>
    public static TimeSpan? PauseOf(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        header?.Delta ?? (header?.Date is { } date ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks)) : null);

    private static SourceException? Of(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new(SourceTrouble.Tls, "its certificate or TLS version is not accepted: see CertificateAuthorityFile", e),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException =>
            new(SourceTrouble.Truncated, "the answer ended before its end", e),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new(SourceTrouble.TooLarge, "the headers of the answer are too long", e),
        HttpRequestException => new(SourceTrouble.Unreachable, "no connection", e),
        TimeoutRejectedException or OperationCanceledException =>
            new(SourceTrouble.TimedOut, "it did not answer to the end within TimeoutSeconds", e),
        BrokenCircuitException => new(SourceTrouble.Failed, "it failed too often just now, and is left alone for a moment", e),
        IOException => new(SourceTrouble.Truncated, "the connection broke off", e),
        _ => null,
    };
}
