// Each type breaks one rule on purpose, so that a test can show that the rule sees it. None of them ever runs.
using System.Net.Http.Json;
using MassTransit;

namespace ReleaseIntegrity.Tests.Architecture.Seeded;

internal static class ClockReader
{
    public static DateTimeOffset Later() => Enumerable.Range(1, 3).Select(d => DateTimeOffset.UtcNow.AddDays(d)).Last();

    public static string Id() => Guid.NewGuid().ToString();
}

internal static class FileReader
{
    public static string Read(string path) => File.ReadAllText(path);

    public static async Task<string> FetchAsync(Uri address)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(address);
    }
}

internal sealed class BusListener : IConsumer<string>
{
    public Task Consume(ConsumeContext<string> context) => Task.CompletedTask;
}

internal static class NeighbourReader
{
    public const string Statement = "select digest from observation join outbox on true";

    public static string Text() => Statement;
}

internal static class SourceWriter
{
    public static Task<HttpResponseMessage> TagAsync(HttpClient registry, string digest) =>
        registry.PutAsJsonAsync("/v2/app/manifests/latest", digest);

    public static HttpRequestMessage Untag(Uri manifest) => new(HttpMethod.Delete, manifest);

    public static void Push(string image) => System.Diagnostics.Process.Start("skopeo", ["copy", image]);
}

internal static class LedgerManager
{
    internal sealed class RowHelper;
}
