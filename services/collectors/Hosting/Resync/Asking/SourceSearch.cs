using System.Net.Http.Headers;
using System.Text;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// A question that an API takes by <c>POST</c> alone and that changes nothing there. The list is closed: nothing else is
/// posted to a source, and a test of the architecture reads the paths.
/// </summary>
public sealed class SourceSearch
{
    private readonly string _path;
    private readonly string _question;

    private SourceSearch(string path, string question) => (_path, _question) = (path, question);

    /// <summary>The uuids of the entries about a hash (rekor <c>openapi.yaml</c>, <c>searchIndex</c>).</summary>
    public static SourceSearch RekorIndex(Digest digest) => new("api/v1/index/retrieve", $$"""{"hash":"{{digest}}"}""");

    internal HttpRequestMessage Request(Uri source) => new(HttpMethod.Post, new Uri(source, _path))
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(_question)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };
}
