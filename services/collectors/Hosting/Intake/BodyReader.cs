using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>Reads a request body whole, up to a limit.</summary>
internal static class BodyReader
{
    private const int FirstBuffer = 16 * 1024;

    // The server's own limit is set a little above ours, so that it is ours that answers.
    private const int Slack = 64 * 1024;

    /// <summary>The body, or null when it is longer than the limit.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limitBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limitBytes)
        {
            return null;
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = (long)limitBytes + Slack;
        }

        byte[] buffer = new byte[request.ContentLength is { } length ? (int)length : Math.Min(FirstBuffer, limitBytes)];
        int read = 0;
        while (true)
        {
            if (read == buffer.Length)
            {
                // One more byte tells a full buffer from the end of the body.
                byte[] one = new byte[1];
                if (await request.Body.ReadAsync(one, cancellationToken) == 0)
                {
                    return buffer;
                }

                if (read == limitBytes)
                {
                    return null;
                }

                Array.Resize(ref buffer, (int)Math.Min(limitBytes, Math.Max(FirstBuffer, buffer.Length * 2L)));
                buffer[read++] = one[0];
                continue;
            }

            int count = await request.Body.ReadAsync(buffer.AsMemory(read), cancellationToken);
            if (count == 0)
            {
                return buffer[..read];
            }

            read += count;
        }
    }
}
