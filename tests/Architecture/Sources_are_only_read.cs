using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// I11, advisory: nothing is ever written to a source system. Two rules over the compiled code hold it. Only a resync,
/// which asks a source again, may speak HTTP to the outside at all (and the demo and the operators' commands, which ask
/// this product's own collectors; the retention, which asks its own reconciler; and what checks tokens, which reads their
/// issuer's keys). And where HTTP is allowed to
/// reach a source, no verb but GET and HEAD can be said: neither the methods of the client nor the verb objects of the
/// others are called; what is posted is the form that asks a token endpoint for a token, and searches that an API takes no
/// other way: one type each does it, and the searches are listed here. Programs that
/// could write in our place (skopeo, kubectl) can't be started.
/// </summary>
public sealed class Sources_are_only_read
{
    private static readonly string[] Clients =
    [
        "System.Net.Http.HttpClient", "System.Net.Http.HttpMessageInvoker", "System.Net.Http.IHttpClientFactory",
        "System.Net.Http.HttpRequestMessage", "System.Net.Http.SocketsHttpHandler", "System.Net.Http.HttpClientHandler",
        "System.Net.WebClient", "System.Net.HttpWebRequest", "System.Net.WebRequest", "System.Net.Sockets.Socket",
        "System.Net.Sockets.TcpClient", "System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo",
    ];

    private static readonly string[] WritingVerbs = ["Post", "Put", "Patch", "Delete"];

    private const string TokenExchange = "ReleaseIntegrity.Collectors.Hosting.Resync.TokenExchange";

    private const string Search = "ReleaseIntegrity.Collectors.Hosting.Resync.SourceSearch";

    /// <summary>Says in the OpenAPI document which verbs the handoff takes; like all of the handoff it may not speak HTTP.</summary>
    private const string Description = "ReleaseIntegrity.Handoff.OpenApi.HttpRoute";

    private const string SearchPath = "api/v1/index/retrieve";

    [Fact]
    public void Only_a_resync_speaks_to_the_outside() =>
        Rule.Holds(CompiledCode.Product.SelectMany(c => Speakers(c, t => AsksSources(t) || ReadsKeys(t) || AsksOurOwn(t))));

    [Fact]
    public void No_verb_but_reading_is_ever_said_to_a_source() =>
        Rule.Holds(CompiledCode.Product.SelectMany(c => Writers(c, t => AsksOurOwn(t) || t is TokenExchange or Search or Description)));

    /// <summary>Nor does the token's form lead to anything else: nobody but it can say its verb, and it says no other.</summary>
    [Theory]
    [InlineData(TokenExchange)]
    [InlineData(Search)]
    public void What_asks_by_posting_only_posts(string type) =>
        Assert.Equal(["get_Post"], [.. CompiledCode.Product.SelectMany(c => c.Uses)
            .Where(u => u.Type == type && u.Used == "System.Net.Http.HttpMethod" && u.Member is not null)
            .Select(u => u.Member!)
            .Distinct()]);

    /// <summary>A search's path is written out where it is posted, and none of them takes anything in (rekor's own does: <c>api/v1/log/entries</c>).</summary>
    [Fact]
    public void What_is_posted_to_a_source_is_a_known_search() =>
        Assert.Equal([SearchPath], [.. CompiledCode.Product.SelectMany(c => c.Texts)
            .Where(t => t.Type == Search && t.Text.Contains('/') && t.Text != "application/json")
            .Select(t => t.Text)
            .Distinct()]);

    [Fact]
    public void A_writer_that_is_seeded_is_seen()
    {
        CompiledCode seeded = CompiledCode.Seeded(typeof(Seeded.SourceWriter), typeof(Seeded.FileReader));

        string[] speakers = [.. Speakers(seeded, _ => false).Distinct()];
        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.FileReader uses System.Net.Http.HttpClient..ctor", speakers);
        Assert.Contains("ReleaseIntegrity.Tests.Architecture.Seeded.SourceWriter uses System.Diagnostics.Process.Start", speakers);

        string[] writers = [.. Writers(seeded, _ => false)];
        Assert.Equal(2, writers.Length);
        Assert.Contains(writers, w => w.EndsWith(".PutAsJsonAsync", StringComparison.Ordinal));
        Assert.Contains(writers, w => w.EndsWith(".get_Delete", StringComparison.Ordinal));
    }

    private static bool AsksSources(string type) => type.Contains(".Resync.", StringComparison.Ordinal);

    private static bool ReadsKeys(string type) => type == "ReleaseIntegrity.Hosting.Tokens.PublishedKeys";

    private static bool AsksOurOwn(string type) => type.StartsWith("ReleaseIntegrity.AllInOne.Demo.", StringComparison.Ordinal)
        || type.StartsWith("ReleaseIntegrity.Collectors.Hosting.Operating.Commands.", StringComparison.Ordinal)
        || type.StartsWith("ReleaseIntegrity.Collectors.Hosting.Retention.", StringComparison.Ordinal);

    private static IEnumerable<string> Speakers(CompiledCode code, Func<string, bool> may) => code.Uses
        .Where(u => Clients.Contains(u.Used) && !may(u.Type))
        .Select(u => u.ToString());

    private static IEnumerable<string> Writers(CompiledCode code, Func<string, bool> may) => code.Uses
        .Where(u => u.Used.StartsWith("System.Net.Http.", StringComparison.Ordinal) && !may(u.Type) && Says(u))
        .Select(u => u.ToString());

    /// <summary>A client's method of a writing verb, the verb itself, or a verb made of a text.</summary>
    private static bool Says(Use use) => use.Used == "System.Net.Http.HttpMethod"
        ? use.Member is ".ctor" or "Parse" or "get_Connect" || WritingVerbs.Any(v => use.Member == "get_" + v)
        : WritingVerbs.Any(v => use.Member?.StartsWith(v, StringComparison.Ordinal) == true);
}
