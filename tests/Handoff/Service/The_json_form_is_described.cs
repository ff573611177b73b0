using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>The OpenAPI document: it is one, it has every RPC, it says what things are, and what it says is so.</summary>
public sealed class The_json_form_is_described : IAsyncLifetime
{
    private HandoffHost _host = null!;
    private OpenApiDocument _document = null!;
    private string _text = "";

    public async ValueTask InitializeAsync()
    {
        _host = await HandoffHost.StartAsync();
        _text = await _host.HttpOf(null).GetStringAsync(HandoffHosting.OpenApiPath);
        ReadResult read = OpenApiDocument.Parse(_text, OpenApiConstants.Json);
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        _document = read.Document!;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void It_is_OpenAPI_3_and_has_every_rpc()
    {
        Assert.StartsWith("3.0.", (string)JsonNode.Parse(_text)!["openapi"]!, StringComparison.Ordinal);
        Assert.Equal(
            Rpcs.All.Select(m => $"{m.Service.Name}_{m.Name}").Order(),
            Operations().Select(o => o.Operation.OperationId!).Order());
        Assert.Contains("/v1/tuples/{tuple}/packages/{package}:diff", _document.Paths.Keys);
    }

    [Fact]
    public void Everything_in_it_says_what_it_is()
    {
        Assert.All(Operations(), o => Assert.Contains("Takes one of the roles: ", o.Operation.Description, StringComparison.Ordinal));
        Assert.All(Operations().SelectMany(o => o.Operation.Parameters ?? []), p => Assert.False(string.IsNullOrWhiteSpace(p.Description), p.Name));
        Assert.All(_document.Components!.Schemas!, s => Assert.False(string.IsNullOrWhiteSpace(s.Value.Description), s.Key));
        Assert.All(
            _document.Components.Schemas!.SelectMany(s => s.Value.Properties ?? new Dictionary<string, IOpenApiSchema>(), (s, p) => (Name: $"{s.Key}.{p.Key}", p.Value)),
            p => Assert.False(string.IsNullOrWhiteSpace(p.Value.Description), p.Name));
        Assert.Contains("Everything here is masked", _document.Info.Description, StringComparison.Ordinal);
    }

    /// <summary>An address that isn't served answers without a status of the API.</summary>
    [Fact]
    public async Task Every_path_in_it_is_served()
    {
        foreach ((string path, HttpMethod verb, OpenApiOperation operation) in Operations())
        {
            string url = path
                .Replace("{tuple}", new string('0', 32), StringComparison.Ordinal)
                .Replace("{package}", new string('0', 64), StringComparison.Ordinal)
                .Replace("{hold}", "manifest-digest", StringComparison.Ordinal)
                .Replace("{release}", "r", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(verb, url) { Content = verb == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null };
            using HttpResponseMessage response = await _host.HttpOf(null).SendAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{operation.OperationId} at {verb} {url}: {response.StatusCode}");
            Assert.Contains("CREDENTIAL_MISSING", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>Where something is posted, all that the path doesn't say stands in a body that has a description.</summary>
    [Fact]
    public void What_is_posted_has_a_body() => Assert.All(Operations(), o =>
    {
        bool posted = o.Verb == HttpMethod.Post;
        Assert.True(posted == (o.Operation.RequestBody is not null), o.Operation.OperationId);
        Assert.True(!posted || (o.Operation.Parameters ?? []).All(p => p.In == ParameterLocation.Path), o.Operation.OperationId);
        Assert.True(!posted || o.Operation.RequestBody!.Content!.Values.All(c => c.Schema!.Properties is not null), o.Operation.OperationId);
    });

    [Fact]
    public async Task Parameters_are_taken_by_the_names_in_it()
    {
        IOpenApiParameter size = Operations().Single(o => o.Operation.OperationId == "HandoffService_ListHolds").Operation.Parameters!.Single(p => p.Description!.Contains("At most this many", StringComparison.Ordinal));
        Assert.Equal("pageSize", size.Name);
        using HttpResponseMessage wrong = await _host.Http.GetAsync($"/v1/tuples/-/holds?{size.Name}=-1");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("page_size", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>What comes back has no member that the document doesn't know.</summary>
    [Fact]
    public async Task Answers_are_as_it_says()
    {
        RandomDocument random = Documents.WithHold(1);
        await _host.Feed.Apply(HandoffHost.Changed(random, 1));
        await _host.Feed.Apply(HandoffHost.Prepared(random, 1));
        string tuple = "tuples/" + new Masker(HandoffHost.Key).TupleId(random.Tuple);
        Known(await JsonAsync($"/v1/{tuple}/packages/latest"), "releaseintegrity.handoff.v1.CorrectionPackage");
        Known(await JsonAsync($"/v1/{tuple}/ledger"), "releaseintegrity.handoff.v1.Ledger");
        Known(await JsonAsync($"/v1/{tuple}/holds"), "releaseintegrity.handoff.v1.ListHoldsResponse");
        Known(JsonNode.Parse(await (await _host.Http.GetAsync("/v1/tuples/x/holds")).Content.ReadAsStringAsync())!, "google.rpc.Status");

        async Task<JsonNode> JsonAsync(string url) => JsonNode.Parse(await _host.Http.GetStringAsync(url))!;

        void Known(JsonNode node, string schema) => IsKnown(node, _document.Components!.Schemas![schema], schema);
    }

    private static void IsKnown(JsonNode? node, IOpenApiSchema schema, string at)
    {
        schema = schema.AllOf is [{ } only] ? only : schema;
        switch (node)
        {
            case JsonArray array:
                Assert.True(schema.Items is not null, at);
                Assert.All(array, n => IsKnown(n, schema.Items!, at + "[]"));
                break;
            case JsonObject members when schema.Properties is { Count: > 0 } known:
                Assert.All(members, m => Assert.True(known.ContainsKey(m.Key), $"{at}.{m.Key}"));
                Assert.All(members, m => IsKnown(m.Value, known[m.Key], $"{at}.{m.Key}"));
                break;
            case JsonObject:
                Assert.True(schema.AdditionalPropertiesAllowed, at);
                break;
            case JsonValue value:
                JsonSchemaType expected = value.GetValueKind() switch
                {
                    System.Text.Json.JsonValueKind.String => JsonSchemaType.String,
                    System.Text.Json.JsonValueKind.Number => JsonSchemaType.Integer,
                    _ => JsonSchemaType.Boolean,
                };
                Assert.True(schema.Type == expected, $"{at} is {value.GetValueKind()}");
                break;
            default:
                Assert.Fail($"{at} is null");
                break;
        }
    }

    private IEnumerable<(string Path, HttpMethod Verb, OpenApiOperation Operation)> Operations() =>
        _document.Paths.SelectMany(p => p.Value.Operations!, (p, o) => (p.Key, o.Key, o.Value));
}
