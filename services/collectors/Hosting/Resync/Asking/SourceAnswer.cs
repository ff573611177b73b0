using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>What a source answered, whole.</summary>
public sealed class SourceAnswer
{
    private readonly HttpHeaders[] _headers;

    internal SourceAnswer(HttpStatusCode status, byte[] body, params HttpHeaders[] headers) =>
        (Status, Body, _headers) = (status, body, headers);

    /// <summary>The status: success, or one that the request takes for an answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The bytes as they came.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Whether the thing asked for is there.</summary>
    public bool IsFound => Status is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous;

    /// <summary>A header's values, joined as HTTP has it; null where there is none.</summary>
    public string? Header(string name)
    {
        foreach (HttpHeaders headers in _headers)
        {
            if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
            {
                return string.Join(", ", values);
            }
        }

        return null;
    }

    /// <summary>The address of the next page by <c>Link: …; rel="next"</c> (RFC 8288); null on the last page.</summary>
    public string? NextPage()
    {
        foreach (string link in (Header("link") ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            int end = link.IndexOf('>', StringComparison.Ordinal);
            bool isNext = end > 0 && link[end..].Split(';', StringSplitOptions.TrimEntries)
                .Any(p => p.Replace("\"", "", StringComparison.Ordinal).Equals("rel=next", StringComparison.OrdinalIgnoreCase));
            if (isNext && link[0] == '<')
            {
                return link[1..end];
            }
        }

        return null;
    }

    /// <summary>The body as JSON.</summary>
    /// <exception cref="SourceException">It is none.</exception>
    public JsonElement Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new SourceException(SourceTrouble.Unexpected, "the answer is no JSON, or ends too early", e);
        }
    }
}
