using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>A request that reads.</summary>
/// <param name="Address">What to read.</param>
public sealed record SourceRequest(Uri Address)
{
    /// <summary>Only the headers of the answer are wanted.</summary>
    public bool HeadersOnly { get; init; }

    /// <summary>The media types that are wanted, most wanted first.</summary>
    public IReadOnlyList<string> Accept { get; init; } = ["application/json"];

    /// <summary>Shown instead of the configured credential, where the API hands out tokens.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Whether the configured credential stays away.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Statuses besides success that are an answer and no failure.</summary>
    public IReadOnlyCollection<HttpStatusCode> Answers { get; init; } = [HttpStatusCode.NotFound];
}

/// <summary>
/// Reads from one source instance: <c>GET</c> and <c>HEAD</c>, and the searches of <see cref="SourceSearch"/>. Bounded in size, time and requests at once; transient
/// failures are tried again, a pause that the source asks for is kept. Safe for concurrent use.
/// </summary>
public sealed class SourceHttp : IDisposable
{
    private readonly Func<HttpClient> _client;
    private readonly ResyncOptions _options;
    private readonly SourceCredential _credential;
    private readonly Uri _address;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _room;

    internal SourceHttp(Func<HttpClient> client, ResyncOptions options, Uri address, SourceCredential credential, TimeProvider clock)
    {
        (_client, _options, _address, _credential, _clock) = (client, options, address, credential, clock);
        _room = new SemaphoreSlim(options.MaxConcurrency);
    }

    /// <summary>The answer, whole.</summary>
    /// <exception cref="SourceException">There is none that can be used.</exception>
    public Task<SourceAnswer> ReadAsync(SourceRequest request, CancellationToken cancellationToken) =>
        ReadAsync(() => MessageOf(request), request, cancellationToken);

    /// <summary>What a search finds, whole.</summary>
    /// <exception cref="SourceException">There is no answer that can be used.</exception>
    public Task<SourceAnswer> SearchAsync(SourceSearch search, CancellationToken cancellationToken) =>
        ReadAsync(() => search.Request(_address), new SourceRequest(_address), cancellationToken);

    private async Task<SourceAnswer> ReadAsync(Func<HttpRequestMessage> message, SourceRequest asked, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            using HttpRequestMessage request = message();
            using HttpResponseMessage response = await SendAsync(request, asked, cancellationToken);
            using CancellationTokenSource limit = Limit(TimeSpan.FromSeconds(_options.TimeoutSeconds), cancellationToken);
            byte[] body = await SourceTroubles.TellAsync(() => BodyAsync(response, limit.Token), cancellationToken);
            return new SourceAnswer(response.StatusCode, body, response.Headers, response.Content.Headers);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>The lines of an answer that the source goes on writing; ends with the answer.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="most">How long it may go on in all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SourceException">The answer broke off, or a line is too long.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(
        SourceRequest request, TimeSpan most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = MessageOf(request);
        using HttpResponseMessage response = await SendAsync(message, request, cancellationToken);
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var lines = new LineBuffer(_options.MaxAnswerBytes);
        using CancellationTokenSource limit = Limit(most, cancellationToken);
        while (true)
        {
            while (lines.TryTake(out ReadOnlyMemory<byte> line))
            {
                yield return line;
            }

            int read = await SourceTroubles.TellAsync(() => stream.ReadAsync(lines.Room(), limit.Token).AsTask(), cancellationToken);
            if (read == 0)
            {
                if (!lines.IsEmpty)
                {
                    throw new SourceException(SourceTrouble.Truncated, "the answer ended within a line");
                }

                yield break;
            }

            lines.Filled(read);
        }
    }

    /// <summary>An address of the source itself: credentials go nowhere else, whatever an answer links to.</summary>
    /// <exception cref="SourceException">It is somebody else's.</exception>
    public Uri Own(Uri from, string link) =>
        Uri.TryCreate(from, link, out Uri? address) && IsOwn(address)
            ? address
            : throw new SourceException(SourceTrouble.Unexpected, "an answer leads to another address than the source's");

    /// <summary>User and secret as they would be shown, for APIs that hand out tokens for them; null where none is configured.</summary>
    public Task<AuthenticationHeaderValue?> OfferAsync(CancellationToken cancellationToken) => _credential.OfferAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private bool IsOwn(Uri address) =>
        address.Scheme == _address.Scheme && address.Host == _address.Host && address.Port == _address.Port;

    private static HttpRequestMessage MessageOf(SourceRequest asked) =>
        new(asked.HeadersOnly ? HttpMethod.Head : HttpMethod.Get, asked.Address);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, SourceRequest asked, CancellationToken cancellationToken)
    {
        foreach (string type in asked.Accept)
        {
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(type));
        }

        if (asked.Authorization is not null)
        {
            request.Headers.Authorization = asked.Authorization;
        }
        else if (!asked.Anonymous && IsOwn(asked.Address))
        {
            await _credential.ShowAsync(request, cancellationToken);
        }

        HttpResponseMessage response = await SourceTroubles.TellAsync(
            () => _client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        if (response.IsSuccessStatusCode || asked.Answers.Contains(response.StatusCode))
        {
            return response;
        }

        using (response)
        {
            throw SourceTroubles.Of(response, _clock.GetUtcNow());
        }
    }

    private async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > _options.MaxAnswerBytes)
        {
            throw TooLarge();
        }

        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and int read)
        {
            if (body.Length + read > _options.MaxAnswerBytes)
            {
                throw TooLarge();
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private SourceException TooLarge() =>
        new(SourceTrouble.TooLarge, $"the answer is longer than MaxAnswerBytes ({_options.MaxAnswerBytes})");

    private CancellationTokenSource Limit(TimeSpan time, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        return limit;
    }
}
