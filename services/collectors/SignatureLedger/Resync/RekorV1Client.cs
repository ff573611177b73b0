using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Resync;

/// <summary>
/// <c>rekor-v1</c>: entry by entry, by the global log index over all shards (rekor <c>openapi.yaml</c>), and the entries that
/// hints name by their uuid, which is their leaf hash. An entry is fetched once: its proof is another with every answer. One
/// that the log counts and doesn't show yet ends the page before it, so that none is passed over.
/// </summary>
internal sealed class RekorV1Client(SourceConnection connection) : ISourceClient
{
    public const string Format = "rekor-v1";

    // What the answers so far call the log: an answer without entries doesn't say it.
    private const string LogId = "log id";

    public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? logId = question.Seen.GetValueOrDefault(LogId);
        foreach (string[] some in question.Targets.Where(LogEntry.IsUuid).Chunk(connection.Options.PageSize))
        {
            SourceAnswer[] named = await Task.WhenAll(some.Select(uuid => ReadAsync($"entries/{uuid}", cancellationToken)));
            yield return new SourcePage { Documents = [.. named.Where(a => a.IsFound).Select(Document)] };
        }

        long size = await SizeAsync(cancellationToken);
        long next = long.Parse(question.Watermark ?? connection.Options.From ?? "0", CultureInfo.InvariantCulture);
        if (next > size)
        {
            throw new SourceException(SourceTrouble.Unexpected, "the log is shorter than it was: is it another one?");
        }

        while (next < size)
        {
            int count = (int)Math.Min(connection.Options.PageSize, size - next);
            SourceAnswer[] answers = await Task.WhenAll(
                Enumerable.Range(0, count).Select(i => ReadAsync($"entries?logIndex={next + i}", cancellationToken)));
            SourceAnswer[] entries = [.. answers.TakeWhile(a => a.IsFound)];
            if (entries.Length == 0)
            {
                break;
            }

            logId = LogIdOf(entries[^1]);
            next += entries.Length;
            yield return new SourcePage
            {
                Documents = [.. entries.Select(Document)],
                Watermark = next.ToString(CultureInfo.InvariantCulture),
                Behind = size - next,
                Seen = new Dictionary<string, string?> { [LogId] = logId },
            };
            if (entries.Length < count)
            {
                break;
            }
        }

        yield return new SourcePage { Heard = logId is null ? [] : [logId], Behind = size - next };
    }

    internal static IEnumerable<string> Refusals(ResyncOptions options) =>
        options.From is { } from && !long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? ["From must be a log index; write for example: \"From\": \"0\""]
            : [];

    private static FetchedDocument Document(SourceAnswer answer) =>
        new(Format, answer.Body) { Headers = new Dictionary<string, string> { ["content-type"] = "application/json" } };

    private static string LogIdOf(SourceAnswer answer)
    {
        foreach (JsonProperty entry in Members(answer.Json()))
        {
            foreach (JsonProperty member in Members(entry.Value))
            {
                if (member.NameEquals("logID") && member.Value.ValueKind == JsonValueKind.String)
                {
                    return member.Value.GetString()!.ToLowerInvariant();
                }
            }
        }

        throw new SourceException(SourceTrouble.Unexpected, "an entry does not say of which log it is");
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default;

    private Task<SourceAnswer> ReadAsync(string path, CancellationToken cancellationToken) =>
        connection.Http.ReadAsync(new SourceRequest(new Uri(connection.Address, $"api/v1/log/{path}")), cancellationToken);

    /// <summary>Entries of all shards: global indexes go on from shard to shard.</summary>
    private async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        SourceAnswer answer = await connection.Http.ReadAsync(
            new SourceRequest(new Uri(connection.Address, "api/v1/log")) { Answers = [] }, cancellationToken);
        JsonElement log = answer.Json();
        long size = SizeOf(log);
        if (log.TryGetProperty("inactiveShards", out JsonElement shards) && shards.ValueKind == JsonValueKind.Array)
        {
            size += shards.EnumerateArray().Sum(SizeOf);
        }

        return size;
    }

    private static long SizeOf(JsonElement shard) =>
        shard.ValueKind == JsonValueKind.Object && shard.TryGetProperty("treeSize", out JsonElement size)
        && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long entries)
            ? entries
            : throw new SourceException(SourceTrouble.Unexpected, "the log does not say its size");
}
