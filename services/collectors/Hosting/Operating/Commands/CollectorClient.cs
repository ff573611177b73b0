using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.Collectors.Hosting.Operating.Commands;

/// <summary>Asks a running collector, and prints what it answers.</summary>
internal sealed class CollectorClient : IDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(10) };
    private readonly Uri _base;
    private readonly string? _secretFile;
    private readonly InvocationConfiguration _console;

    public CollectorClient(Uri url, string? source, string? secretFile, InvocationConfiguration console)
    {
        string root = url.ToString().TrimEnd('/') + "/";
        _base = new Uri(source is null ? root : $"{root}{source}/");
        _secretFile = secretFile;
        _console = console;
    }

    public Task<int> GetAsync(string path, CancellationToken cancellationToken) =>
        TellAsync(() => _http.GetAsync(new Uri(_base, path), cancellationToken), cancellationToken);

    public Task<int> PostAsync(string path, JsonObject request, CancellationToken cancellationToken) => TellAsync(
        () => _http.PostAsync(new Uri(_base, path), new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json"), cancellationToken),
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<int> TellAsync(Func<Task<HttpResponseMessage>> ask, CancellationToken cancellationToken)
    {
        try
        {
            if (_secretFile is not null)
            {
                _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(_secretFile, cancellationToken)).Trim());
            }

            using HttpResponseMessage answer = await ask();
            string text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                await _console.Output.WriteLineAsync(JsonNode.Parse(text)!.ToJsonString(Readable));
                return ExitCodes.Done;
            }

            await _console.Error.WriteLineAsync($"{_base} answered {(int)answer.StatusCode}: {DetailOf(text)}");
            return (int)answer.StatusCode == StatusBadRequest ? ExitCodes.BadSettings : ExitCodes.Failed;
        }
        catch (Exception bad) when (bad is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await _console.Error.WriteLineAsync($"{_base} can't be asked: {bad.Message}. Is it running, and is --url right?");
            return ExitCodes.Failed;
        }
    }

    private const int StatusBadRequest = 400;

    private static string DetailOf(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["detail"]?.GetValue<string>() ?? "";
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
